"""report.json in a model folder: what an evaluation found, so that networks can be compared without doing it again."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from charlstm.model_folder.manifest import LARGEST_EPOCH, ModelError, is_finite, is_whole, one_line, read_json


@dataclass(frozen=True)
class Writing:
    """What stands in the texts that a network wrote at one temperature: means over the texts, shares in [0, 1].

    Attributes:
        real_words: share of the words that are in the English list or in the network's own book.
        distinct_words: different words over words, in stretches of 400 characters.
        copied: share of the text inside a run of 50 characters that stands in the corpus.
    """

    temperature: float
    real_words: float
    distinct_words: float
    copied: float


@dataclass(frozen=True)
class Report:
    """What `charlstm evaluate` found.

    Attributes:
        epoch: whose weights.
        held_out: the loss on the held-out end of each text, in nats a character, by its file's name.
        characters_a_second: of one text, on one core.
        runs, length: how many texts of how many characters were written at each temperature.
        writing: one for each temperature.
    """

    epoch: int
    held_out: dict[str, float]
    characters_a_second: float
    runs: int
    length: int
    writing: tuple[Writing, ...]


def report_bytes(report: Report) -> bytes:
    """Return the content of a report.json."""
    return (json.dumps(asdict(report), ensure_ascii=False, indent=1) + "\n").encode()


def read_report(path: Path) -> Report | None:
    """Return what report.json says; None where there is none.

    Raises:
        ModelError: it is not a report.
    """
    if not path.is_file():
        return None
    content = read_json(path)
    try:
        writing = tuple(Writing(**one) for one in content.pop("writing"))
        report = Report(**content, writing=writing)
    except (TypeError, AttributeError, KeyError) as error:
        raise ModelError(f"{path} is damaged ({one_line(error)})") from error
    if not _is_sound(report):
        raise ModelError(f"{path} is damaged (a figure is not a number in its range)")
    return report


def _is_sound(report: Report) -> bool:
    return (
        all(is_whole(value, 0, LARGEST_EPOCH) for value in (report.epoch, report.runs, report.length))
        and is_finite(report.characters_a_second)
        and type(report.held_out) is dict
        and all(is_finite(loss) for loss in report.held_out.values())
        and all(_is_share(one) and is_finite(one.temperature) for one in report.writing)
    )


def _is_share(one: Writing) -> bool:
    shares: list[Any] = [one.real_words, one.distinct_words, one.copied]
    return all(is_finite(share) and 0.0 <= share <= 1.0 for share in shares)
