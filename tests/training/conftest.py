"""Finished tiny runs, each trained once."""

from functools import cache

import pytest


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory):
    """Return a function that trains the tiny corpus by a recipe: its folder, not to be changed, and a Recorder."""
    from charlstm.training import loop
    from tests.training.tiny import CORPUS, Recorder

    @cache
    def run(recipe):
        folder, recorder = tmp_path_factory.mktemp("models") / "tiny", Recorder()
        loop.train(CORPUS, recipe, folder, recorder)
        return folder, recorder

    return run
