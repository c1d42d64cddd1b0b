"""A table of all networks: size, training, held-out loss, speed, and statistics of generated texts."""

from collections.abc import Sequence
from dataclasses import dataclass

from charlstm.model_folder.epoch_weights import epoch_file
from charlstm.model_folder.store import Model
from charlstm.networks.architecture import size_of

COMPARED_FILE = "nietzsche.txt"  # the text whose held-out tenth is used to compare all networks


@dataclass(frozen=True)
class LeaderboardEntry:
    """One network's row of the table; None where it has not been evaluated.

    Attributes:
        title: the one that it was given.
        size: how many weights it has, or counts.
        megabytes: size of the best epoch's file.
        minutes: of training, up to the best epoch.
        device: the GPU that it was trained on.
        held_out_loss: in nats per character, on the held-out tenth of COMPARED_FILE.
        temperatures: of the report.
        real_words, distinct_words: shares in [0, 1], one per temperature of the report; None for texts without words.
        ngram_overlap: with the corpus, the highest at a temperature of at least 0.5, in [0, 1].
    """

    name: str
    title: str | None
    network: str
    size: str
    megabytes: float
    minutes: float
    device: str | None
    held_out_loss: float | None
    characters_a_second: float | None
    temperatures: tuple[float, ...]
    real_words: tuple[float | None, ...]
    distinct_words: tuple[float | None, ...]
    ngram_overlap: float | None


def leaderboard_entry(model: Model) -> LeaderboardEntry:
    """Return the row of a model, from the files of its folder."""
    manifest, report = model.manifest, model.report
    megabytes = (model.folder / epoch_file(manifest.best_epoch)).stat().st_size / 1e6
    seconds = sum(line.seconds for line in model.history if line.epoch <= manifest.best_epoch)
    writing = report.writing if report else ()
    return LeaderboardEntry(
        name=model.folder.name,
        title=manifest.given_title,
        network=str(manifest.architecture),
        size=size_of(manifest.architecture, len(manifest.vocabulary)),
        megabytes=megabytes,
        minutes=seconds / 60,
        device=manifest.libraries.get("device"),
        held_out_loss=report.held_out.get(COMPARED_FILE) if report else None,
        characters_a_second=report.characters_a_second if report else None,
        temperatures=tuple(one.temperature for one in writing),
        real_words=tuple(one.real_words if one.has_words else None for one in writing),
        distinct_words=tuple(one.distinct_words if one.has_words else None for one in writing),
        ngram_overlap=max((one.copied for one in writing if one.temperature >= 0.5), default=None),
    )


def markdown_table(entries: Sequence[LeaderboardEntry]) -> str:
    """Return the entries as a Markdown table."""
    table = [{"network": _called(entry)} | formatted_cells(entry) for entry in entries]
    heads = list(table[0]) if table else []
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *(list(line.values()) for line in table)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _called(entry: LeaderboardEntry) -> str:
    """Return what a network is called and what it is, as the content of a Markdown cell."""
    title = entry.title and entry.title.replace("|", r"\|")
    return f"{title} (`{entry.name}`): {entry.network}" if title else f"`{entry.name}`: {entry.network}"


def formatted_cells(entry: LeaderboardEntry) -> dict[str, str]:
    """Return the cells of a network's row as text, by column name; a dash where the value is None."""
    return {
        "weights": entry.size.removesuffix(" weights"),
        "MB": f"{entry.megabytes:.1f}",
        "training, min": f"{entry.minutes:,.0f}" + (f" on {entry.device}" if entry.device else ""),
        "held-out loss": _formatted(entry.held_out_loss, ".3f"),
        "characters a second": _formatted(entry.characters_a_second, ",.0f"),
        "real words, %": _shares(entry.real_words, ".1f"),
        "distinct words, %": _shares(entry.distinct_words, ".0f"),
        "copied, %": "–" if entry.ngram_overlap is None else f"{100 * entry.ngram_overlap:.2f}",
    }


def _shares(shares: Sequence[float | None], format_spec: str) -> str:
    """Return shares in a hundred; one dash where all are None."""
    cells = [_formatted(None if share is None else 100 * share, format_spec) for share in shares]
    return " / ".join(cells) if set(cells) - {"–"} else "–"


def _formatted(value: float | None, format_spec: str) -> str:
    return "–" if value is None else format(value, format_spec)
