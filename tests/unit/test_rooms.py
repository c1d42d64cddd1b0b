"""Which room may import which: checked in fresh processes, as a user's would be."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
ROOMS = sorted(
    path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
    for path in (ROOT / "charlstm").rglob("*.py")
    if path.name != "__main__.py"
)
APART = [room for room in ROOMS if not room.startswith(("charlstm.training", "charlstm.ui"))]


def imported_by(rooms):
    """Return the top-level packages that a process has after importing `rooms`."""
    program = f"import sys, {', '.join(rooms)}\nprint(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(run.stdout.split())


@pytest.mark.parametrize("room", APART)
def test_room_needs_neither_tensorflow_nor_streamlit(room):
    """A room that is neither training nor the page leaves TensorFlow, Streamlit and Altair alone."""
    assert not imported_by([room]) & {"tensorflow", "keras", "streamlit", "altair"}


def test_page_needs_no_tensorflow():
    """All of the page together leaves TensorFlow alone."""
    page = [room for room in ROOMS if room.startswith("charlstm.ui")]
    assert page
    assert not imported_by(page) & {"tensorflow", "keras"}


@pytest.mark.parametrize("room", ["recipes.recipe", "training.resume", "training.data.windows"])
def test_recipes_and_windows_need_no_tensorflow(room):
    """What is known of a training before it begins costs no import of TensorFlow."""
    assert not imported_by([f"charlstm.{room}"]) & {"tensorflow", "keras"}
