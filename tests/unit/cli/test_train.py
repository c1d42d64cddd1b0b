"""The commands `train`, `import` and `export`: what they refuse before TensorFlow is imported."""

import subprocess
import sys
from pathlib import Path

import pytest

from charlstm.cli import app
from tests.unit.cli.one_sentence import assert_one_sentence

ROOT = Path(app.__file__).parents[2]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty: there is nothing to learn"),
        (b"aaaa" * 1000, "has only one different character"),
        (b"a short text", "the corpus text.txt has 12 characters; its last tenth must be longer than a window of 60"),
        (
            b"abc" * 203,
            "has 609 characters; its last tenth must be longer than a window of 60, so give it at least 610",
        ),
        (b"abc\xff" * 1000, "text.txt is not UTF-8 text: byte 0xff at offset 3"),
        (b"abc\0" * 1000, "a NUL byte at offset 3"),
    ],
)
def test_train_refuses_an_unusable_corpus(run, tmp_path, content, told):
    """One that is empty, too short, of one character or no text is refused before a folder is made."""
    path = tmp_path / "text.txt"
    path.write_bytes(content)
    assert_one_sentence(run("train", f"--corpus={path}", "--into=new"), told)


def test_train_refuses_bad_input_before_tensorflow_is_imported(tmp_path):
    """Which takes seconds."""
    (tmp_path / "text.txt").write_text("a short text")
    program = (
        "import sys; from charlstm.cli import app\n"
        "sys.argv[1:] = ['train', '--corpus=text.txt', '--into=new']\n"
        "try: app.main()\n"
        "finally: print('tensorflow' in sys.modules)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stdout) == (2, "False\n")


@pytest.mark.parametrize("missing", ["tensorflow", "keras", "rich", "filelock"])
@pytest.mark.parametrize("command", ["train", "import", "export"])
def test_commands_without_the_train_extra_say_what_to_install(
    run, monkeypatch, model_folder, tmp_path, command, missing
):
    """One sentence and exit code 2, and nothing is written."""
    monkeypatch.setitem(sys.modules, missing, None)
    (tmp_path / "text.txt").write_text("a bab ab baba ab ba abab\n" * 40)
    arguments = {
        "train": ["--corpus", tmp_path / "text.txt", "--into=new", "--allow-repeats"],
        "import": ["net.keras", "--chars=text.txt", "--into=new"],
        "export": [model_folder, "net.keras"],
    }
    told = (
        "this command needs TensorFlow, which is not installed: pip install 'charlstm[train]' (or -r requirements.txt)"
    )
    assert_one_sentence(run(command, *arguments[command]), told)
