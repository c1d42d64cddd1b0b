"""The chart, whole."""

from functools import cache
from typing import Any

import altair as alt

from charlstm.ui.charts.marks import as_dict, themed
from charlstm.ui.charts.next_character.distribution import with_distribution
from charlstm.ui.charts.next_character.log_view import log_view
from charlstm.ui.charts.next_character.rows import rows, said_of_drawn, targets
from charlstm.ui.charts.next_character.signals import signals
from charlstm.ui.charts.next_character.strips import strips
from charlstm.ui.charts.theme import theme


@cache
def next_character_spec(characters: int, dark: bool = False) -> dict[str, Any]:
    """Return the Vega-Lite spec of the chart, as wide and as high as its place; it needs no table.

    Args:
        characters: the size of the largest vocabulary that it will show.
        dark: whether the page is dark.
    """
    base, colours = alt.Chart(), theme(dark)
    ranks = alt.sequence(0, characters + 1, as_="rank")
    layers = [*rows(base), *log_view(base, colours.paper), *said_of_drawn(base), *strips(base, ranks), targets(base)]
    chart = alt.LayerChart(data=ranks, layer=layers)
    chart = with_distribution(chart).properties(width="container", height="container", padding=0)
    spec = as_dict(themed(chart, dark))
    names = ("ink", "paper", "primary", "muted")
    paint = [{"name": name, "value": getattr(colours, name)} for name in names]
    return {**spec, "config": {**spec["config"], "signals": [*signals(), *paint]}}
