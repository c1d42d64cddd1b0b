"""The generation loop in slow motion: what is known at each stage of one character's choice, and its description."""

from enum import IntEnum

import numpy as np
import pyarrow as pa

from charlstm.generation.filters import NO_FILTERS
from charlstm.generation.sampling import entropy, ranking
from charlstm.generation.step import Step
from charlstm.networks.ngrams import NgramNetwork
from charlstm.playback import sentences
from charlstm.playback.player import Player
from charlstm.playback.tables.choice import Choice, display_symbol, intervals_by_id, quoted_end


class Stage(IntEnum):
    """The stages of the choice of a character, in their order."""

    TEXT = 0  # only the text so far
    RAW = 1
    REWEIGHTED = 2
    DRAW = 3
    APPENDED = 4


# The columns of `figures_table` that are known from a stage on, and their value before it.
KNOWN_FROM: dict[str, tuple[Stage, str | float | None]] = {
    "character": (Stage.RAW, ""),
    "raw": (Stage.RAW, np.nan),
    "reweighted": (Stage.REWEIGHTED, np.nan),
    "removed": (Stage.REWEIGHTED, False),
    "interval from": (Stage.REWEIGHTED, np.nan),
    "interval to": (Stage.REWEIGHTED, np.nan),
}
# Deep Learning with Python, listings 8.6 and 8.7: the lines of each stage.
BOOKS_CODE = {
    Stage.TEXT: "sampled[0, t, char_indices[char]] = 1.",
    Stage.RAW: "preds = model.predict(sampled, verbose=0)[0]",
    Stage.REWEIGHTED: ("preds = np.exp(np.log(preds) / temperature)\npreds = preds / np.sum(preds)"),
    Stage.DRAW: "probas = np.random.multinomial(1, preds, 1)\nnext_index = np.argmax(probas)",
    Stage.APPENDED: "generated_text += chars[next_index]\ngenerated_text = generated_text[1:]",
}


def next_stage(stage: Stage | None) -> Stage:
    """Return the stage that follows a press of the button; None is the page without slow motion."""
    if stage is None:
        return Stage.TEXT
    return Stage.RAW if stage is Stage.APPENDED else Stage(stage + 1)


def previous_stage(stage: Stage) -> Stage | None:
    """Return the stage before another one of the same character; None is the page without slow motion."""
    return None if stage is Stage.TEXT else Stage(stage - 1)


def hide_unknown(table: pa.Table, stage: Stage) -> pa.Table:
    """Return a table of figures with the same columns, but empty values where they are not known at a stage."""
    for index, column in enumerate(table.schema):
        since, empty = KNOWN_FROM.get(column.name, (Stage.TEXT, None))
        if stage < since:
            table = table.set_column(index, column, pa.array([empty] * len(table), column.type))
    return table


def choice_at(stage: Stage, step: Step) -> Choice:
    """Return what of a step is known at a stage: its character and uniform draw only where they are."""
    if stage is Stage.APPENDED:
        return Choice.of(step)
    u = step.u if stage is Stage.DRAW and step.drawn else None
    return Choice(step.raw, step.reweighted, step.temperature, None, u, step.filters != NO_FILTERS)


def describe(stage: Stage, step: Step, player: Player) -> str:
    """Return what happens at a stage, with the numbers of a step that was made or is the next one."""
    if stage is Stage.TEXT:
        return _describe_text(player)
    symbols = [display_symbol(character) for character in player.vocabulary_of(step.position).characters]
    likeliest, drawn = int(ranking(step.raw)[0]), step.character_id
    if stage is Stage.RAW:
        return sentences.slow_raw(len(step.raw), symbols[likeliest], step.raw[likeliest], float(entropy(step.raw)))
    if step.context.beam_start is not None and stage in (Stage.REWEIGHTED, Stage.DRAW):
        ahead = step.filters.beam_lookahead or 0
        return (
            sentences.slow_search_chooses(symbols[drawn])
            if stage is Stage.REWEIGHTED
            else sentences.slow_search(ahead, symbols[drawn])
        )
    if stage is Stage.REWEIGHTED:
        shares = step.raw[likeliest], step.reweighted[likeliest]
        removed = int(Choice.of(step).removed.sum())
        named = ", ".join(sentences.strategies(step.filters.active()))
        return sentences.slow_reweighted(step.temperature, symbols[likeliest], *shares, removed, named)
    if stage is Stage.DRAW:
        start, end = intervals_by_id(Choice.of(step))
        return sentences.slow_draw(step.u, start[drawn], end[drawn], symbols[drawn])
    how = sentences.chosen(step.picked, step.found)
    return sentences.slow_appended(symbols[drawn], step.raw[drawn], step.reweighted[drawn], how)


def _describe_text(player: Player) -> str:
    text, network = player.seed_text + player.texts[0], player.sources[0].network
    looks_back = not network.stateful or isinstance(network, NgramNetwork)
    read = min(len(text), network.window) if looks_back else len(text)
    return sentences.slow_text(quoted_end(text), read, len(text))
