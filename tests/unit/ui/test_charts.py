"""The specs of the charts, and their colours."""

import json
import tomllib
from pathlib import Path

import pytest

from charlstm.ui.charts import sweeps
from charlstm.ui.charts.choice import choice_spec
from charlstm.ui.charts.cumulative import cumulative_spec
from charlstm.ui.charts.epochs import losses_spec, through_spec
from charlstm.ui.charts.temperature_map import alphabet_spec
from charlstm.ui.charts.theme import DARK, LIGHT

CONFIG = Path(__file__).parents[3] / ".streamlit" / "config.toml"
SPECS = [
    *((choice_spec, (kind, 57, dark)) for kind in ("rows", "columns") for dark in (False, True)),
    *((cumulative_spec, (batch_size, False)) for batch_size in (2, 4, 6)),
    *((sweeps.sweep_spec, (kind, 2.0)) for kind in sweeps.KINDS),
    (losses_spec, ()),
    (through_spec, ()),
]


@pytest.mark.parametrize(("spec_of", "arguments"), SPECS)
def test_spec_is_built_once_and_names_no_data(spec_of, arguments):
    """The same object each time, without the table: only then does Streamlit patch the view and not rebuild it."""
    spec = spec_of(*arguments)
    assert spec_of(*arguments) is spec
    assert "data" not in spec
    assert "datasets" not in spec


@pytest.mark.parametrize("dark", [False, True])
def test_alphabet_spec_is_built_once(dark):
    """Its two tables are given when it is drawn."""
    spec = alphabet_spec(57, dark)
    assert alphabet_spec(57, dark) is spec
    assert "datasets" not in spec


def test_columns_have_space_for_as_many_characters_as_can_be_read():
    """The most frequent ones of a large vocabulary, and all of a small one."""
    small, large = (json.dumps(choice_spec("columns", characters)) for characters in (57, 2000))
    assert ": 57)" in small
    assert ": 80)" in large
    assert "2000)" not in large


def test_charts_have_the_colours_of_the_page():
    """Ink and paper of both themes, and the primary colour of the light one, are those of Streamlit's configuration."""
    theme = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"]
    for colours, configured in ((LIGHT, theme["light"]), (DARK, theme["dark"])):
        assert colours.ink == configured["textColor"]
        assert colours.paper == configured["backgroundColor"]
    assert LIGHT.bands[0] == theme["primaryColor"]
