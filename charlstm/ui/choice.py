"""What a chart of one choice shows, as tables of figures: a step that was taken, or the next one before it is."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from charlstm.generation import Step
from charlstm.sampling import NO_FILTERS, Probs, entropy, ranking
from charlstm.ui import words
from charlstm.vocabulary import Vocabulary

ROWS = 15  # the likeliest characters that have a bar of their own
VISIBLE = {" ": "␣", "\n": "↵", "\t": "⇥"}


@dataclass(frozen=True)
class Choice:
    """What a chart shows: a step that was taken, or the next one before it is."""

    raw: Probs
    reweighted: Probs
    temperature: float
    character_id: int | None = None
    u: float | None = None  # None where no die was thrown
    filtered: bool = False  # whether a probability of 0 is a filter's doing

    @classmethod
    def of(cls, step: Step) -> "Choice":
        """Return a step as a chart shows it."""
        u = None if step.picked else step.u
        filtered = step.filters != NO_FILTERS
        return cls(step.raw, step.reweighted, step.temperature, step.character_id, u, filtered)


def visible(character: str) -> str:
    """Return a character as a chart can show it: spaces and line breaks as symbols."""
    return VISIBLE.get(character, character)


def die_ends(choice: Choice) -> tuple[Probs, Probs]:
    """Return where each character's part of the die starts and ends, by id, float64 (V,) each."""
    order = ranking(choice.raw)
    ends = np.cumsum(choice.reweighted[order])
    ends /= ends[-1]
    start, end = np.empty_like(ends), np.empty_like(ends)
    end[order] = ends
    start[order] = np.concatenate([[0.0], ends[:-1]])
    return start, end


def rows_table(choice: Choice, vocabulary: Vocabulary, token: str) -> pa.Table:
    """Return the table of `rows`: ROWS characters, the drawn one among them, and the rest as one.

    `token` prefixes what a click on a bar reports, so that a click is known to be about this choice.
    """
    order = ranking(choice.raw)
    shown = order[:ROWS]
    if choice.character_id is not None and choice.character_id not in shown:
        shown = np.append(shown[: ROWS - 1], choice.character_id)
    rest = np.setdiff1d(order, shown, assume_unique=True)
    start, end = die_ends(choice)
    ids = [*shown.tolist(), -1]
    raw = np.append(choice.raw[shown], choice.raw[rest].sum())
    reweighted = np.append(choice.reweighted[shown], choice.reweighted[rest].sum())
    symbols = [*(visible(vocabulary.characters[id_]) for id_ in shown), "rest"]
    return _table(choice, ids, symbols, raw, reweighted, start[ids], end[ids], token)


def columns_table(choice: Choice, vocabulary: Vocabulary, order: tuple[int, ...]) -> pa.Table:
    """Return the table of `columns`: every character, in the given order of ids."""
    start, end = die_ends(choice)
    ids = list(order)
    symbols = [visible(vocabulary.characters[id_]) for id_ in ids]
    return _table(choice, ids, symbols, choice.raw[ids], choice.reweighted[ids], start[ids], end[ids], "")


def _table(
    choice: Choice,
    ids: list[int],
    symbols: list[str],
    raw: Probs,
    reweighted: Probs,
    start: Probs,
    end: Probs,
    token: str,
) -> pa.Table:
    count = len(ids)
    once = [None] * (count - 1)
    bits_raw, bits_reweighted = float(entropy(choice.raw)), float(entropy(choice.reweighted))
    return pa.table(
        {
            "place": np.arange(count),
            "symbol": symbols,
            "raw": raw,
            "reweighted": reweighted,
            "drawn": [id_ == choice.character_id for id_ in ids],
            "cut": (reweighted == 0.0) & (raw > 0.0) & choice.filtered,
            "die_start": np.where(np.asarray(ids) < 0, 0.0, start),
            "die_end": np.where(np.asarray(ids) < 0, 0.0, end),
            "token": [f"{token}:{id_}" for id_ in ids],
            # said once a chart, in its first row
            "u": pa.array([choice.u, *once], pa.float64()),
            "said": pa.array([words.die(choice.u, choice.character_id is not None), *once], pa.string()),
            "raw_heading": pa.array([words.RAW_HEADING, *once], pa.string()),
            "raw_uncertainty": pa.array([words.uncertainty(bits_raw), *once], pa.string()),
            "raw_short": pa.array([f"raw|{words.uncertainty_short(bits_raw)}", *once], pa.string()),
            "reweighted_heading": pa.array([words.reweighted_heading(choice.temperature), *once], pa.string()),
            "reweighted_uncertainty": pa.array([words.uncertainty(bits_reweighted), *once], pa.string()),
            "reweighted_short": pa.array(
                [f"reweighted|{words.uncertainty_short(bits_reweighted)}", *once], pa.string()
            ),
        }
    )


def figures_table(choice: Choice, vocabulary: Vocabulary) -> pa.Table:
    """Return the same figures for every character, for reading: likeliest first."""
    order = ranking(choice.raw)
    start, end = die_ends(choice)
    return pa.table(
        {
            "character": [visible(vocabulary.characters[id_]) for id_ in order],
            "raw": choice.raw[order],
            "reweighted": choice.reweighted[order],
            "die from": start[order],
            "die to": end[order],
            "drawn": [id_ == choice.character_id for id_ in order.tolist()],
            "cut": (choice.reweighted[order] == 0.0) & (choice.raw[order] > 0.0) & choice.filtered,
        }
    )
