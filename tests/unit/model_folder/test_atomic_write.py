"""Files are written whole or not at all."""

import errno
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charlstm.model_folder.atomic_write import whole_file, write_whole


@pytest.mark.parametrize("failing", ["fsync", "replace", "write"])
def test_write_whole_leaves_the_old_file_when_the_disk_is_full(tmp_path, monkeypatch, failing):
    """When writing fails the file is as it was, nothing else is left, and the error names the file."""
    path = tmp_path / "file"
    write_whole(path, b"old")

    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    if failing == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    elif failing == "replace":
        monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left") as error, whole_file(path) as file:
        file.write(b"new")
        if failing == "write":
            full()
    assert error.value.filename == str(path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@given(st.binary(max_size=50))
def test_write_whole_writes_all_bytes_and_no_other_file(content):
    """The temporary file is gone."""
    with tempfile.TemporaryDirectory() as folder:
        write_whole(Path(folder) / "file", content)
        assert [path.read_bytes() for path in Path(folder).iterdir()] == [content]
