"""What all tests share: which of them are slow, and a small model folder."""

import gc
import os
from pathlib import Path

import hypothesis
import numpy as np
import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
PATIENT = (
    "one_product.py",
    "restart.py",
    "scripts.py",
    "viewers.py",
)  # tests of the browser that wait as long as it takes
SLOW = {"keras", "training", "browser", "load", "package"}  # folders whose tests need TensorFlow, a browser or a build
HERE = Path(__file__).parent

hypothesis.settings.register_profile("default", deadline=None, derandomize=True)
# For `make mutants`, where it matters only whether a test fails: the first failure, not the smallest example of it.
hypothesis.settings.register_profile(
    "first-failure",
    deadline=None,
    derandomize=True,
    report_multiple_bugs=False,
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
)
hypothesis.settings.load_profile("default")


def pytest_collection_modifyitems(items):
    """Mark the tests of the slow folders."""
    for item in items:
        if item.path.is_relative_to(HERE) and item.path.relative_to(HERE).parts[0] in SLOW:
            item.add_marker(pytest.mark.slow)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Share the work among several processes by files, whose tests share fixtures.

    Those of the browser are mostly one process's affair: two browsers and their servers at once wait for each other,
    while another process, with a lower priority, does all the rest, and what of the browser does not look at pixels and
    seconds. (With pytest 9.2, the groups of xdist 3.8 have no effect.)
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return "patient browser" if _is_patient(file) else "browser" if _is_of_the_browser(file) else file

    return ByFile(config, log)


def _is_of_the_browser(file):
    return file.startswith(("tests/browser/", "tests/load/"))


def _is_patient(file):
    return file.removeprefix("tests/browser/test_") in PATIENT


def pytest_runtest_setup(item):
    """Leave the processor to the process of the browser, whose tests see what a viewer sees."""
    file = item.nodeid.partition("::")[0]
    if "PYTEST_XDIST_WORKER" in os.environ and (_is_patient(file) or not _is_of_the_browser(file)):
        os.nice(19)  # of the process, and for good: the highest there is


def pytest_collection_finish():
    """Spare Python the search of TensorFlow's objects after every run of the page, a third of its tests' time."""
    gc.freeze()


@pytest.fixture
def model_folder(tmp_path):
    """A model folder with two kept epochs of a random network: 5 characters, 3 units."""
    from charlstm.model_folder.epoch_weights import write_epoch
    from charlstm.model_folder.manifest import Manifest, write_manifest
    from charlstm.model_folder.training_records import EpochFigures, Sample, write_history, write_samples, write_words
    from charlstm.networks.architecture import LstmLayers
    from charlstm.text.word_list import WordList

    manifest = Manifest(
        name="small",
        architecture=LstmLayers((3,)),
        vocabulary=("\n", " ", "a", "b", "ë"),
        context="window",
        window=4,
        epochs=(0, 2),
        best_epoch=2,
        held_out_loss=1.25,
        characters_by_frequency=(" ", "a", "b", "ë", "\n"),
        recipe={"name": "book", "units": 3},
        corpus={"name": "tiny", "sha256": "00", "training_characters": 90, "held_out_characters": 10},
        libraries={"python": "3.12"},
    )
    folder = tmp_path / "small"
    folder.mkdir()
    generator = np.random.default_rng(1)
    for epoch in manifest.epochs:
        shapes = manifest.architecture.tensor_shapes(len(manifest.vocabulary))
        tensors = {name: generator.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
        write_epoch(folder, epoch, tensors)
    nan = float("nan")
    figures = [(0, nan, 1.6, 0.0), (1, 1.5, 1.4, 9.0), (2, 1.3, 1.25, 9.5)]
    write_history(folder, [EpochFigures(*line) for line in figures])
    write_samples(folder, [Sample(2, 0.5, 1, "a b", "ab\n ë")])
    write_words(folder, WordList.of_text("ab ba ab"))
    write_manifest(folder, manifest)
    return folder
