"""report.json in a model folder: the results of an evaluation, so that networks can be compared without another one."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from charlstm.model_folder.atomic_write import write_whole
from charlstm.model_folder.manifest import EPOCH, ModelError
from charlstm.model_folder.schema import NUMBER, SchemaError, list_of, number, object_of, parse_json, whole_number

REPORT = "report.json"
_SHARE = number(0, 1)
_COUNT = whole_number(0, 1_000_000)
_FIELDS = object_of(
    {
        "epoch": EPOCH,
        "held_out": object_of({}, others=NUMBER),
        "characters_a_second": NUMBER,
        "runs": _COUNT,
        "length": _COUNT,
        "writing": list_of(
            object_of({"temperature": NUMBER, "real_words": _SHARE, "distinct_words": _SHARE, "copied": _SHARE})
        ),
    }
)


@dataclass(frozen=True)
class TextStatistics:
    """The statistics of the texts that a network wrote at one temperature: means over the texts, shares in [0, 1].

    Attributes:
        real_words: share of the words that are in the English list or in the network's own book; 0 without words.
        distinct_words: different words over words, in chunks of 400 characters; 0 only without words.
        copied: n-gram overlap: the share of the characters inside a passage of 50 characters that is in the corpus.
    """

    temperature: float
    real_words: float
    distinct_words: float
    copied: float

    @property
    def has_words(self) -> bool:
        """Whether the texts have words at all; those of some scripts have none, and their shares have no meaning."""
        return self.distinct_words > 0


@dataclass(frozen=True)
class Report:
    """The results of `charlstm evaluate`.

    Attributes:
        epoch: whose weights.
        held_out: the loss on the held-out end of each text, in nats per character, by its file's name.
        characters_a_second: of one text, on one core.
        runs, length: how many texts of how many characters were written at each temperature.
        writing: one for each temperature.
    """

    epoch: int
    held_out: dict[str, float]
    characters_a_second: float
    runs: int
    length: int
    writing: tuple[TextStatistics, ...]


def report_bytes(report: Report) -> bytes:
    """Return the content of a report.json."""
    return (json.dumps(asdict(report), ensure_ascii=False, indent=1) + "\n").encode()


def write_report(folder: Path, report: Report) -> None:
    """Write report.json."""
    write_whole(folder / REPORT, report_bytes(report))


def read_report(path: Path) -> Report | None:
    """Return what report.json says; None where there is none.

    Raises:
        ModelError: it is not a report; names the field and the reason.
    """
    if not path.is_file():
        return None
    try:
        content = parse_json(path.read_bytes())
        _FIELDS(content, "")
    except SchemaError as error:
        raise ModelError(f"{path} is damaged ({error})") from error
    return Report(**content | {"writing": tuple(TextStatistics(**one) for one in content["writing"])})
