"""A model as a zip: unpacking gives the same model, and any other zip is refused."""

import io
import json
import shutil
import stat
import struct
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charlstm.model_folder import store, zip_file
from charlstm.model_folder.epoch_weights import remove_epochs, write_epoch
from charlstm.model_folder.manifest import Manifest, ModelError, write_manifest
from charlstm.model_folder.training_records import EpochFigures, Sample, write_history, write_samples
from charlstm.model_folder.zip_file import read_entries, unpack, zip_bytes
from charlstm.networks.architecture import GatedConvolutions, LstmLayers


@pytest.fixture
def packed(model_folder):
    """The small model as a zip."""
    return zip_bytes(store.open_model(model_folder))


def entries_of(content):
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def zip_of(files, compression=zipfile.ZIP_DEFLATED):
    """Return a zip of any (name or ZipInfo, bytes), valid or not."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as zipped:
        for name, data in files:
            zipped.writestr(name, data)
    return content.getvalue()


def refused(content, tmp_path, reason):
    """The zip is refused for that reason, in one line, and leaves nothing behind."""
    place = tmp_path / "place"
    place.mkdir(exist_ok=True)
    with pytest.raises(ModelError, match=reason) as refusal:
        unpack(content, place / "model")
    assert "\n" not in str(refusal.value)
    assert str(tmp_path) not in str(refusal.value)
    assert list(place.iterdir()) == []


def test_unpacked_model_is_the_packed_one(model_folder, packed, tmp_path):
    """Weights, history, samples and words, all of it; and a zip of it is the same zip."""
    model, again = store.open_model(model_folder), unpack(packed, tmp_path / "again")
    assert replace(again, folder=model.folder, words=model.words, history=model.history) == model
    assert repr(again.history) == repr(model.history)  # a NaN is not the same as another
    assert again.words.lists == model.words.lists
    for epoch in model.manifest.epochs:
        for name, tensor in model.tensors(epoch).items():
            np.testing.assert_array_equal(again.tensors(epoch)[name], tensor)
    assert zip_bytes(again) == packed


def test_zip_leaves_out_files_that_only_training_needs(model_folder, tmp_path):
    """The state of the optimiser, and texts about the model."""
    for name in ("training.safetensors", "README.md", ".lock"):
        (model_folder / name).write_bytes(b"anything")
    assert not set(entries_of(zip_bytes(store.open_model(model_folder)))) & {
        "training.safetensors",
        "README.md",
        ".lock",
    }


def test_zip_leaves_out_epochs_beyond_the_limit_but_never_the_best(model_folder, tmp_path, monkeypatch):
    """Its manifest lists the epochs that are in it."""
    monkeypatch.setattr(zip_file, "MOST_ENTRIES", 5)  # the other files are four
    model = unpack(zip_bytes(store.open_model(model_folder)), tmp_path / "again")
    assert model.manifest.epochs == (2,)
    assert model.manifest.best_epoch == 2


def test_model_whose_best_epoch_exceeds_the_limit_is_not_packed(model_folder, monkeypatch):
    """One sentence instead of a zip that could not be read again."""
    monkeypatch.setattr(zip_file, "MOST_UNPACKED", 1000)
    with pytest.raises(ModelError, match="too large for a zip"):
        zip_bytes(store.open_model(model_folder))


@pytest.mark.parametrize(
    "name",
    [
        *(
            "../model.json",
            "/etc/passwd",
            "a/model.json",
            "model.json/",
            "..\\model.json",
            "C:model.json",
            "MODEL.JSON",
        ),
        *("epoch-1.safetensors", "epoch-٠٠٠.safetensors", "training.safetensors", "run.py"),
    ],
)
def test_file_that_is_none_of_a_model_is_refused(packed, tmp_path, name):
    """No paths, no folders, no other files, however they are spelt."""
    refused(zip_of([*entries_of(packed).items(), (name, b"x")]), tmp_path, "does not belong")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_same_name_twice_is_refused(packed, tmp_path):
    """Which of them was checked would be a matter of luck."""
    refused(zip_of([*entries_of(packed).items(), ("model.json", b"{}")]), tmp_path, "twice")


def test_link_is_refused(packed, tmp_path):
    """Also under a name that is known."""
    link = zipfile.ZipInfo("words.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    rest = [(name, data) for name, data in entries_of(packed).items() if name != "words.txt"]
    refused(zip_of([*rest, (link, b"/etc/passwd")]), tmp_path, "not a plain file")


def test_encrypted_entry_is_refused(packed, tmp_path):
    """The flag alone is enough."""
    content = bytearray(packed)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(mark) + offset] |= 1
    refused(bytes(content), tmp_path, "encrypted")


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compression_is_refused(packed, tmp_path, compression):
    """Its use of memory has no bound."""
    refused(zip_of(entries_of(packed).items(), compression), tmp_path, "packed in a way")


def test_large_files_are_refused_before_they_are_unpacked(packed, tmp_path):
    """Each file has a limit, and so have all together; a file compressed a thousandfold makes a small zip."""
    files = entries_of(packed)
    bomb = zip_of([*files.items(), ("report.json", bytes(10_000_000))])
    assert len(bomb) < len(packed) + 20_000
    refused(bomb, tmp_path, "report.json has 10.0 MB")
    several = {f"epoch-{epoch:03d}.safetensors": bytes(20_000_000) for epoch in (0, 2)}
    refused(zip_of((files | several).items()), tmp_path, "are the most")
    refused(packed.ljust(zip_file.LARGEST_ZIP + 1, b"\0"), tmp_path, "20.0 MB are the most")


def test_entry_is_never_unpacked_beyond_its_declared_size(packed, tmp_path):
    """A zip bomb that declares a byte."""
    files = [(name, data) for name, data in entries_of(packed).items() if name != "words.txt"]
    content = bytearray(zip_of([*files, ("words.txt", bytes(5_000_000))]))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        content[(place := content.rfind(mark) + offset) : place + 4] = struct.pack("<L", 1)
    refused(bytes(content), tmp_path, "damaged")


def test_long_directory_is_refused_before_it_is_read(packed, tmp_path, monkeypatch):
    """Two hundred thousand empty entries would fill the memory as soon as zipfile reads them."""
    many = zip_of((f"epoch-{number:05d}.safetensors", b"") for number in range(500))
    monkeypatch.setattr(zipfile, "ZipFile", None)
    refused(many, tmp_path, "more than 100 files")
    lying = bytearray(many)
    lying[-14:-10] = struct.pack("<2H", 1, 1)
    refused(bytes(lying), tmp_path, "more than 100 files")


@pytest.mark.parametrize("content", [b"", b"PK", b"hello", bytes(1000), b"PK\x03\x04" + bytes(100)])
def test_what_is_no_zip_is_refused(tmp_path, content):
    """Nothing, a text, and a beginning without an end."""
    refused(content, tmp_path, "zip")


def test_zip_without_a_model_is_refused(packed, tmp_path):
    """Its model.json, or the epochs that it names, are not there; or more are than it names."""
    files = entries_of(packed)
    refused(zip_of([("words.txt", files["words.txt"])]), tmp_path, r"no model\.json")
    weights = "epoch-002.safetensors"
    refused(zip_of((name, data) for name, data in files.items() if name != weights), tmp_path, "epochs")
    refused(zip_of([*files.items(), ("epoch-003.safetensors", files[weights])]), tmp_path, "epochs")


def test_zip_keeps_the_title(model_folder, tmp_path):
    """One that the network was given; a zip of one that was given none has none."""
    manifest = store.open_model(model_folder).manifest
    for number, title in enumerate([None, "Mine, 3 units"]):
        write_manifest(model_folder, replace(manifest, given_title=title))
        model = unpack(zip_bytes(store.open_model(model_folder)), tmp_path / str(number))
        assert model.manifest.given_title == title


def test_content_is_checked_like_a_model_folder(packed, tmp_path):
    """The message names files without the folder of this machine."""
    files = entries_of(packed)
    manifest = json.loads(files["model.json"]) | {"best_epoch": 7}
    refused(
        zip_of((files | {"model.json": json.dumps(manifest).encode()}).items()),
        tmp_path,
        r"^model\.json: best_epoch",
    )
    refused(
        zip_of((files | {"epoch-002.safetensors": b"x" * 50}).items()), tmp_path, r"^epoch-002\.safetensors is trunc"
    )


def test_network_too_costly_for_a_server_is_refused(model_folder, tmp_path):
    """Valid and small on the disk, and yet a gigabyte of memory or a second of work for each character."""
    manifest = store.open_model(model_folder).manifest
    for name, network, context, window, reason in (
        ("rings", GatedConvolutions(1, 64, (65_536,)), "carried", 4, "remembers 4,128,769 numbers"),
        ("windows", LstmLayers((64,)), "window", 4096, "multiplications"),
    ):
        folder = shutil.copytree(model_folder, tmp_path / name)
        remove_epochs(folder, all_but=0)
        shapes = network.tensor_shapes(len(manifest.vocabulary)).items()
        write_epoch(folder, 0, {tensor: np.zeros(shape, np.float32) for tensor, shape in shapes})
        changes: dict[str, Any] = {"architecture": network, "context": context, "window": window}
        write_manifest(folder, replace(manifest, epochs=(0,), best_epoch=0, **changes))
        refused(zip_bytes(store.open_model(folder)), tmp_path, reason)


def test_epoch_with_too_many_samples_is_refused(model_folder, tmp_path):
    """Each would be a column of the page."""
    sample = Sample(2, 0.5, 1, "a b", "ab")
    write_samples(model_folder, [sample] * 21)
    refused(zip_bytes(store.open_model(model_folder)), tmp_path, "more than 20 samples")


def test_unpack_leaves_an_existing_folder_alone(packed, tmp_path):
    """It raises instead."""
    there = tmp_path / "there"
    there.mkdir()
    (there / "mine").write_text("mine")
    with pytest.raises(FileExistsError):
        unpack(packed, there)
    assert (there / "mine").read_text() == "mine"


@st.composite
def damage(draw):
    """How to damage bytes: change some, cut some off, or insert some."""
    changes = draw(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=8))
    return changes, draw(st.floats(0, 1)), draw(st.booleans()), draw(st.binary(max_size=40))


@settings(max_examples=150)
@given(damaged=damage(), of_list=st.booleans())
def test_damaged_zip_is_refused_in_a_sentence_or_harmless(damaged, of_list):
    """Whatever the bytes, the result is a model, or a ModelError and no folder."""
    content = bytearray(_whole())
    changes, cut, cuts, put_in = damaged
    start = content.find(b"PK\x01\x02") if of_list else 0  # the list of entries is where the traps are
    for share, byte in changes:
        content[start + int(share * (len(content) - start - 1))] = byte
    place = start + int(cut * (len(content) - start))
    content[place : None if cuts and changes else place] = put_in
    _unpack_or_refuse(bytes(content))


@settings(max_examples=80)
@given(
    name=st.sampled_from(
        ["model.json", "history.csv", "samples.jsonl", "words.txt", "report.json", "passages.safetensors"]
    ),
    data=st.one_of(st.binary(max_size=200), st.text(max_size=100).map(str.encode), st.just(b"[" * 100_000)),
)
def test_damaged_content_is_refused_in_a_sentence_or_harmless(name, data):
    """The same for a valid zip of damaged files."""
    _unpack_or_refuse(zip_of((entries_of(_whole()) | {name: data}).items()))


def _whole(made={}):  # noqa: B006 - made once
    if not made:
        shapes = LstmLayers((3,)).tensor_shapes(3).items()
        manifest = Manifest("s", LstmLayers((3,)), ("a", "b", "c"), "carried", 4, (1,), 1, 1.0, ("c", "b", "a"))
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            write_epoch(place, 1, {name: np.ones(shape, np.float32) for name, shape in shapes})
            write_manifest(place, manifest)
            write_history(place, [EpochFigures(1, 1.5, 1.0, 2.0)])
            write_samples(place, [Sample(1, 0.5, 1, "ab", "abc")])
            made["zip"] = zip_bytes(store.open_model(place))
    return made["zip"]


def _unpack_or_refuse(content):
    with tempfile.TemporaryDirectory() as place:
        try:
            model = unpack(content, Path(place) / "model")
        except ModelError as refusal:
            assert "\n" not in str(refusal)
            assert list(Path(place).iterdir()) == []
        else:
            assert {file.name for file in model.folder.iterdir()} == set(read_entries(content))
            model.network()
