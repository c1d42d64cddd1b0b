"""What the tests of a model folder share."""

import pytest

from charlstm.model_folder.manifest import ModelError
from charlstm.model_folder.store import find_models, open_model


@pytest.fixture
def assert_refused():
    """Return a check that a folder is refused in one line that has all of `parts`, and not found by `find_models`."""

    def check(folder, *parts):
        with pytest.raises(ModelError) as error:
            open_model(folder)
        message = str(error.value)
        for part in parts:
            assert part in message
        assert "\n" not in message
        assert len(message) < 500
        assert find_models(folder.parent) == ([], [message])

    return check
