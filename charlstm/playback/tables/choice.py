"""What a chart of one choice shows, as tables: a step that was made, or the next one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from charlstm.generation.loop import Step
from charlstm.generation.sampling import NO_FILTERS, Probs, entropy, ranking
from charlstm.playback import sentences
from charlstm.text.vocabulary import Vocabulary

ROWS = 15  # the likeliest characters, which have a bar of their own
NUMBER_COLUMNS = ("raw", "reweighted", "interval from", "interval to")  # of `figures_table`
DISPLAY_SYMBOLS = {" ": "␣", "\n": "↵", "\t": "⇥"}
QUOTED = 24  # characters of a text that a heading quotes


@dataclass(frozen=True)
class Choice:
    """What a chart shows of a step that was made, or of the next one."""

    raw: Probs  # (V,)
    reweighted: Probs  # (V,)
    temperature: float
    character_id: int | None = None  # None before it is drawn
    u: float | None = None  # None where a person picked the character, and before the draw
    filtered: bool = False  # whether filters were in force

    @classmethod
    def of(cls, step: Step) -> "Choice":
        """Return the choice of a step that was made."""
        u = None if step.picked else step.u
        filtered = step.filters != NO_FILTERS
        return cls(step.raw, step.reweighted, step.temperature, step.character_id, u, filtered)

    @property
    def removed(self) -> NDArray[np.bool_]:
        """The characters that were removed by a filter, (V,)."""
        return (self.reweighted == 0.0) & (self.raw > 0.0) & self.filtered


def display_symbol(character: str) -> str:
    """Return a character as a chart can show it: spaces and line breaks as symbols."""
    return DISPLAY_SYMBOLS.get(character, character)


def quoted_end(text: str) -> str:
    """Return the end of a text as a heading quotes it."""
    return "".join(map(display_symbol, text[-QUOTED:]))


@dataclass(frozen=True)
class Intervals:
    """Distributions laid end to end from 0 to 1, as the draw walks them, in the order of `ids`; all (..., V).

    A uniform draw u chooses the character whose interval [start, end) contains it.
    """

    ids: NDArray[np.intp]  # from the likeliest raw character to the least likely
    start: Probs
    end: Probs

    @classmethod
    def of(cls, raw: Probs, probs: Probs) -> "Intervals":
        """Lay `probs` end to end in the order of the raw probs."""
        ids = ranking(raw)
        end = np.cumsum(np.take_along_axis(probs, ids, axis=-1), axis=-1)
        end /= end[..., -1:]
        return cls(ids, np.concatenate([np.zeros_like(end[..., :1]), end[..., :-1]], axis=-1), end)

    def by_id(self) -> tuple[Probs, Probs]:
        """Return where each character's interval starts and ends, by id."""
        start, end = np.empty_like(self.start), np.empty_like(self.end)
        np.put_along_axis(start, self.ids, self.start, axis=-1)
        np.put_along_axis(end, self.ids, self.end, axis=-1)
        return start, end


def intervals_by_id(choice: Choice) -> tuple[Probs, Probs]:
    """Return where each character's interval starts and ends, by id, float64 (V,) each."""
    return Intervals.of(choice.raw, choice.reweighted).by_id()


def rows_table(choice: Choice, vocabulary: Vocabulary, token: str) -> pa.Table:
    """Return the table of the chart `rows`: ROWS characters, the drawn one among them, and all others as one.

    Args:
        choice: the choice.
        vocabulary: of V characters.
        token: prefix of what a click on a bar reports, by which the choice is known that was clicked.
    """
    order = ranking(choice.raw)
    shown = order[:ROWS]
    if choice.character_id is not None and choice.character_id not in shown:
        shown = np.append(shown[: ROWS - 1], choice.character_id)
    rest = np.setdiff1d(order, shown, assume_unique=True)
    start, end = (np.append(bound[shown], 0.0) for bound in intervals_by_id(choice))  # the rest has no interval
    ids = [*shown.tolist(), -1]
    raw = np.append(choice.raw[shown], choice.raw[rest].sum())
    reweighted = np.append(choice.reweighted[shown], choice.reweighted[rest].sum())
    symbols = [*(display_symbol(vocabulary.characters[id_]) for id_ in shown), "rest"]
    return _table([choice], ids, symbols, raw[None], reweighted[None], start[None], end[None], token)


def columns_table(choices: Sequence[Choice], vocabulary: Vocabulary, order: tuple[int, ...]) -> pa.Table:
    """Return the table of the chart `columns`: all characters of each choice, in a given order of their ids.

    Each choice is a frame, see `tables.animation`.
    """
    ids = list(order)
    symbols = [display_symbol(vocabulary.characters[id_]) for id_ in ids]
    raw, reweighted = np.stack([(choice.raw, choice.reweighted) for choice in choices], axis=1)
    start, end = Intervals.of(raw, reweighted).by_id()
    table = _table(choices, ids, symbols, raw[:, ids], reweighted[:, ids], start[:, ids], end[:, ids], token="")
    return table.append_column("frame", [np.repeat(np.arange(len(choices)), len(ids))])


def _table(
    choices: Sequence[Choice],
    ids: Sequence[int],
    symbols: Sequence[str],
    raw: Probs,
    reweighted: Probs,
    start: Probs,
    end: Probs,
    token: str,
) -> pa.Table:
    """[choices, bars] -> a row for each bar, one choice after the other"""
    count, bars = raw.shape
    filtered = np.array([choice.filtered for choice in choices])[:, None]
    bits_raw = entropy(np.stack([choice.raw for choice in choices])).tolist()
    bits_reweighted = entropy(np.stack([choice.reweighted for choice in choices])).tolist()

    def once(values: Iterable[str | float | None], kind: pa.DataType) -> pa.Array:
        """Return a column with one value for each choice, in its first row."""
        column = np.full((count, bars), None, dtype=object)
        column[:, 0] = list(values)
        return pa.array(column.ravel(), kind)

    draw_texts = [sentences.draw(choice.u, choice.character_id is not None) for choice in choices]
    return pa.table(
        {
            "place": np.tile(np.arange(bars), count),
            "symbol": [*symbols] * count,
            "raw": raw.ravel(),
            "reweighted": reweighted.ravel(),
            "drawn": [id_ == choice.character_id for choice in choices for id_ in ids],
            "removed": ((reweighted == 0.0) & (raw > 0.0) & filtered).ravel(),
            "interval_start": start.ravel(),
            "interval_end": end.ravel(),
            "token": [f"{token}:{id_}" for id_ in ids] * count,
            "u": once((choice.u for choice in choices), pa.float64()),
            "draw_text": once(draw_texts, pa.string()),
            "raw_heading": once([sentences.RAW_HEADING] * count, pa.string()),
            "raw_uncertainty": once(map(sentences.uncertainty, bits_raw), pa.string()),
            "raw_short": once((f"raw|{sentences.uncertainty_short(bits)}" for bits in bits_raw), pa.string()),
            "reweighted_heading": once(
                (sentences.reweighted_heading(choice.temperature) for choice in choices), pa.string()
            ),
            "reweighted_uncertainty": once(map(sentences.uncertainty, bits_reweighted), pa.string()),
            "reweighted_short": once(
                (f"reweighted|{sentences.uncertainty_short(bits)}" for bits in bits_reweighted), pa.string()
            ),
        }
    )


def figures_table(choice: Choice, vocabulary: Vocabulary) -> pa.Table:
    """Return the figures of all characters for reading, the likeliest first; its column names are shown."""
    order = ranking(choice.raw)
    start, end = intervals_by_id(choice)
    return pa.table(
        {
            "character": [display_symbol(vocabulary.characters[id_]) for id_ in order],
            "raw": choice.raw[order],
            "reweighted": choice.reweighted[order],
            "interval from": start[order],
            "interval to": end[order],
            "drawn": [id_ == choice.character_id for id_ in order.tolist()],
            "removed": choice.removed[order],
        }
    )
