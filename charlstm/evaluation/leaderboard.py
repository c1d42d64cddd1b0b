"""All networks of a folder side by side: size, training, held-out loss, speed, and what they write."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from charlstm.model_folder.store import Model, epoch_file

COMPARED = "nietzsche.txt"  # the text on whose held-out end all networks are compared


@dataclass(frozen=True)
class LeaderboardEntry:
    """One network's figures; None where it has not been evaluated.

    Attributes:
        megabytes: of the best epoch's file.
        minutes: of training, up to the best epoch.
        device: the GPU that it was trained on.
        held_out_loss: in nats a character, on the end of COMPARED.
        real_words, distinct_words: shares, one for each temperature of the report.
        copied: the highest share at a temperature of 0.5 and above.
    """

    name: str
    network: str
    weights: int
    megabytes: float
    minutes: float
    device: str | None
    held_out_loss: float | None
    characters_a_second: float | None
    temperatures: tuple[float, ...]
    real_words: tuple[float, ...]
    distinct_words: tuple[float, ...]
    copied: float | None


def entry(model: Model) -> LeaderboardEntry:
    """Return a model folder's figures, as its files tell them."""
    manifest, report = model.manifest, model.report
    shapes = manifest.architecture.tensor_shapes(len(manifest.vocabulary)).values()
    size = (model.folder / epoch_file(manifest.best_epoch)).stat().st_size
    seconds = sum(line.seconds for line in model.history if line.epoch <= manifest.best_epoch)
    writing = report.writing if report else ()
    return LeaderboardEntry(
        name=model.folder.name,
        network=str(manifest.architecture),
        weights=sum(math.prod(shape) for shape in shapes),
        megabytes=size / 1e6,
        minutes=seconds / 60,
        device=manifest.libraries.get("device"),
        held_out_loss=report.held_out.get(COMPARED) if report else None,
        characters_a_second=report.characters_a_second if report else None,
        temperatures=tuple(one.temperature for one in writing),
        real_words=tuple(one.real_words for one in writing),
        distinct_words=tuple(one.distinct_words for one in writing),
        copied=max((one.copied for one in writing if one.temperature >= 0.5), default=None),
    )


def markdown(entries: Sequence[LeaderboardEntry]) -> str:
    """Return the entries as a Markdown table."""
    table = [{"network": f"`{one.name}`: {one.network}"} | figures(one) for one in entries]
    heads = list(table[0]) if table else []
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *(list(line.values()) for line in table)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def figures(one: LeaderboardEntry) -> dict[str, str]:
    """Return a network's figures as they are shown, by their names; a dash where one is not known."""
    return {
        "weights": f"{one.weights:,}",
        "MB": f"{one.megabytes:.1f}",
        "training, min": f"{one.minutes:,.0f}" + (f" on {one.device}" if one.device else ""),
        "held-out loss": _figure(one.held_out_loss, ".3f"),
        "characters a second": _figure(one.characters_a_second, ",.0f"),
        "real words, %": " / ".join(f"{100 * share:.1f}" for share in one.real_words) or "–",
        "distinct words, %": " / ".join(f"{100 * share:.0f}" for share in one.distinct_words) or "–",
        "copied, %": "–" if one.copied is None else f"{100 * one.copied:.2f}",
    }


def _figure(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)
