"""Which room may import which, as a process sees it, and how many things stand side by side in one."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "charlstm"
MODULES = sorted(
    path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
    if path.name != "__main__.py"
)
TRAINING_WITHOUT_TENSORFLOW = [
    "charlstm.training.counts",
    "charlstm.training.loop",
    "charlstm.training.progress",
    "charlstm.training.resume",
    *(module for module in MODULES if module.startswith("charlstm.training.data")),
]
OF_PYTHON = ("__init__.py", "__main__.py", "__pycache__", "py.typed")  # what any package has
MOST_IN_A_ROOM = 12
OUTSIDE = PACKAGE / "api.py"  # stands beside the rooms, which are a dozen


def imported_by(modules):
    """Return the top-level packages that a new process has after importing `modules`."""
    program = f"import sys, {', '.join(modules)}\nprint(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_rooms_without_page_and_training_need_neither_tensorflow_nor_streamlit():
    """All of them together leave TensorFlow, Streamlit and Altair alone."""
    others = [module for module in MODULES if not module.startswith(("charlstm.training", "charlstm.ui"))]
    assert not imported_by(others) & {"tensorflow", "keras", "streamlit", "altair"}


def test_page_needs_no_tensorflow():
    """All of the page together leaves TensorFlow alone."""
    page = [module for module in MODULES if module.startswith("charlstm.ui")]
    assert not imported_by(page) & {"tensorflow", "keras"}


def test_counting_and_what_is_known_before_a_training_need_no_tensorflow():
    """It costs seconds to import."""
    assert not imported_by(TRAINING_WITHOUT_TENSORFLOW) & {"tensorflow", "keras"}


def test_importing_the_package_costs_nothing():
    """Its public names are loaded when they are used, and NumPy with them."""
    assert "numpy" not in imported_by(["charlstm"])


def test_public_names_are_all_there():
    """And a name that is not one is refused as by any module."""
    import charlstm

    assert all(getattr(charlstm, name) is not None for name in charlstm.__all__)
    with pytest.raises(AttributeError, match="no attribute 'cut'"):
        _ = charlstm.cut


def _counts(path):
    return path.name not in OF_PYTHON and not path.name.startswith(".") and path != OUTSIDE


@pytest.mark.parametrize("room", sorted({path.parent for path in PACKAGE.rglob("*.py")}), ids=lambda room: room.name)
def test_room_holds_at_most_a_dozen_things(room):
    """So that a reader sees what there is at a glance."""
    things = [path.name for path in room.iterdir() if _counts(path)]
    assert len(things) <= MOST_IN_A_ROOM, sorted(things)
