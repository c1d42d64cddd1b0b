"""The loop in slow motion: what is known at each stage of one character's choice, and a sentence about it."""

from enum import IntEnum
from typing import Any

import numpy as np
import pyarrow as pa

from charlstm.generation.loop import Step
from charlstm.generation.sampling import NO_FILTERS, entropy, ranking
from charlstm.playback import sentences
from charlstm.playback.player import Player
from charlstm.playback.tables.choice import Choice, intervals_by_id, visible


class Stage(IntEnum):
    """How far the choice of a character has come."""

    TEXT = 0  # only the text so far
    RAW = 1
    REWEIGHTED = 2
    DIE = 3
    APPENDED = 4


# The columns of a chart's table that say something only from a stage on, and what stands there before.
KNOWN_FROM: dict[str, tuple[Stage, Any]] = {
    "symbol": (Stage.RAW, ""),
    "raw": (Stage.RAW, np.nan),
    "raw_heading": (Stage.RAW, ""),
    "raw_uncertainty": (Stage.RAW, ""),
    "raw_short": (Stage.RAW, "|"),
    "token": (Stage.RAW, ""),
    "reweighted": (Stage.REWEIGHTED, np.nan),
    "reweighted_heading": (Stage.REWEIGHTED, ""),
    "reweighted_uncertainty": (Stage.REWEIGHTED, ""),
    "reweighted_short": (Stage.REWEIGHTED, "|"),
    "cut": (Stage.REWEIGHTED, False),
    "die_start": (Stage.REWEIGHTED, np.nan),
    "die_end": (Stage.REWEIGHTED, np.nan),
    "said": (Stage.REWEIGHTED, None),
    # of the table to read
    "character": (Stage.RAW, ""),
    "die from": (Stage.REWEIGHTED, np.nan),
    "die to": (Stage.REWEIGHTED, np.nan),
}


def after(stage: Stage | None) -> Stage:
    """Return the stage that one press leads to."""
    if stage is None:
        return Stage.TEXT
    return Stage.RAW if stage is Stage.APPENDED else Stage(stage + 1)


def known(table: pa.Table, stage: Stage) -> pa.Table:
    """Return a chart's table with nothing in it that the stage does not know yet; its columns stay."""
    for place, column in enumerate(table.schema):
        since, nothing = KNOWN_FROM.get(column.name, (Stage.TEXT, None))
        if stage < since:
            table = table.set_column(place, column, pa.array([nothing] * len(table), column.type))
    return table


def choice_at(stage: Stage, step: Step) -> Choice:
    """Return a step as far as a stage has made it."""
    if stage is Stage.APPENDED:
        return Choice.of(step)
    u = step.u if stage is Stage.DIE else None
    return Choice(step.raw, step.reweighted, step.temperature, None, u, step.filters != NO_FILTERS)


def told(stage: Stage, step: Step, player: Player) -> str:
    """Say what happens at a stage, with its numbers; `step` is the one that is made, or will be."""
    if stage is Stage.TEXT:
        return _told_text(player)
    name = [visible(character) for character in player.vocabulary_of(step.position).characters]
    likeliest, drawn = int(ranking(step.raw)[0]), step.character_id
    if stage is Stage.RAW:
        return sentences.slow_raw(len(step.raw), name[likeliest], step.raw[likeliest], float(entropy(step.raw)))
    if stage is Stage.REWEIGHTED:
        filtered = step.filters != NO_FILTERS
        cut = int(np.count_nonzero((step.reweighted == 0.0) & (step.raw > 0.0))) if filtered else 0
        shares = step.raw[likeliest], step.reweighted[likeliest]
        return sentences.slow_reweighted(step.temperature, name[likeliest], *shares, cut)
    if stage is Stage.DIE:
        start, end = intervals_by_id(Choice.of(step))
        return sentences.slow_die(step.u, start[drawn], end[drawn], name[drawn])
    return sentences.slow_appended(name[drawn], step.raw[drawn], step.reweighted[drawn], step.picked)


def _told_text(player: Player) -> str:
    text, network = player.seed_text + player.generated, player.source.network
    read = min(len(text), network.window) if not network.stateful else len(text)
    return sentences.slow_text("".join(map(visible, text[-24:])), read, len(text))
