"""The specs of the charts, and their colours."""

import tomllib
from pathlib import Path

import pytest

from charlstm.ui.charts import sweeps
from charlstm.ui.charts.epochs import losses_spec, through_spec
from charlstm.ui.charts.next_character.chart import next_character_spec
from charlstm.ui.charts.next_character.columns import columns_spec
from charlstm.ui.charts.temperature_map import alphabet_spec
from charlstm.ui.charts.theme import DARK, LIGHT

CONFIG = Path(__file__).parents[3] / ".streamlit" / "config.toml"
SPECS = [
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


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(("spec_of", "ranks"), [(next_character_spec, 58), (columns_spec, 57)])
def test_spec_of_the_next_character_is_built_once_and_has_a_row_for_each_rank(spec_of, ranks, dark):
    """That of one text has one for the rest, too; they need no table, so they are sent once."""
    spec = spec_of(57, dark)
    assert spec_of(57, dark) is spec
    assert spec["data"] == {"sequence": {"start": 0, "stop": ranks, "as": "rank"}}
    assert "datasets" not in spec


def test_charts_have_the_colours_of_the_page():
    """Ink and paper of both themes, and the primary colour of the light one, are those of Streamlit's configuration."""
    theme = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"]
    for colours, configured in ((LIGHT, theme["light"]), (DARK, theme["dark"])):
        assert colours.ink == configured["textColor"]
        assert colours.paper == configured["backgroundColor"]
        assert colours.line == configured["borderColor"]
        assert colours.primary == configured.get("primaryColor", theme["primaryColor"])
    assert LIGHT.button == theme["primaryColor"]
