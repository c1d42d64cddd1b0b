"""A run: all that determines a text, so that exactly the same text can be generated again."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from charlstm.generation.filters import NO_FILTERS, Filters
from charlstm.generation.loop import TextGenerator
from charlstm.generation.step import Step
from charlstm.model_folder.store import Model
from charlstm.networks.network import Network
from charlstm.text.vocabulary import Vocabulary


class NetworkSource(NamedTuple):
    """A network with its vocabulary, and the model and the epoch that it is of."""

    network: Network
    vocabulary: Vocabulary
    model: str = ""
    epoch: int = 0


class RunSettings(NamedTuple):
    """The settings of a run from a position on: which network, at which temperature, with which filters.

    `search_begins` tells that beam search begins anew there, though it might have gone on.
    """

    position: int
    model: str
    epoch: int
    temperature: float
    filters: Filters = NO_FILTERS
    search_begins: bool = False


class Original(NamedTuple):
    """What the run that a branch was made from has from where they diverge; before, both are the same.

    Attributes:
        position: of the first character that is the original's own.
        settings: at rising positions, the first `position`.
        picked: as in a run, from `position` on.
        text: from `position` on, at least one character.
    """

    position: int
    settings: tuple[RunSettings, ...]
    picked: dict[int, str]
    text: str


class Run(NamedTuple):
    """All that determines a text, and the text itself, for a check.

    Attributes:
        seed_text: only characters of the first network's vocabulary.
        random_seed: of the uniform draws.
        settings: at rising positions, the first 0; each holds until the next.
        picked: the characters that a person picked, by position.
        text: what follows the seed text, at least one character.
        original: where this is a branch, what it was made from.
    """

    seed_text: str
    random_seed: int
    settings: tuple[RunSettings, ...]
    picked: dict[int, str]
    text: str
    original: Original | None = None


def whole_runs(run: Run) -> list[Run]:
    """Return the run alone and, where it is a branch, then the run that it was made from, each from its beginning."""
    alone = run._replace(original=None)
    if run.original is None:
        return [alone]
    position, settings, picked, text = run.original
    original = alone._replace(
        settings=(*(one for one in run.settings if one.position < position), *settings),
        picked={place: character for place, character in run.picked.items() if place < position} | picked,
        text=run.text[:position] + text,
    )
    return [alone, original]


def check_models(run: Run, models: Mapping[str, Model]) -> None:
    """Raise ValueError where a model or an epoch of the run is missing, or does not know the run's characters."""
    for one in whole_runs(run):
        _check_models(one, models)


def _check_models(run: Run, models: Mapping[str, Model]) -> None:
    for settings in run.settings:
        if settings.model not in models:
            raise ValueError(f"there is no model {settings.model!r} here; there are: {', '.join(models) or 'none'}")
        if settings.epoch not in models[settings.model].manifest.epochs:
            raise ValueError(f"the model {settings.model} here has not kept epoch {settings.epoch}")
    needed = [(0, character) for character in sorted(set(run.seed_text))] + sorted(run.picked.items())
    for position, character in needed:
        model = next(settings.model for settings in reversed(run.settings) if settings.position <= position)
        if character not in models[model].vocabulary.ids:
            raise ValueError(f"the network {model} does not know the character {character!r} of the run")


def replay(run: Run, source_of: Callable[[str, int], NetworkSource]) -> Iterator[tuple[NetworkSource, Step]]:
    """Generate the text of a run again, and yield its steps, each with the network that made it.

    A network that takes over in mid-run is prefilled with the text so far, as well as its vocabulary
    allows (`Vocabulary.fold`). A branch is replayed alone: its original is the second of `whole_runs`.

    Args:
        run: one that `check_models` accepts.
        source_of: returns the network of a model's name and an epoch, the same object each time.
    """
    text = run.seed_text
    changes = {settings.position: settings for settings in run.settings}
    generator = None
    for position in range(len(run.text)):
        if position in changes:
            _, model, epoch, temperature, filters, search_begins = changes[position]
            source = source_of(model, epoch)
            if generator is None or generator.network is not source.network:
                ids = source.vocabulary.fold_and_encode(text)
                generator = TextGenerator(source.network, ids, run.random_seed, position, source.vocabulary.characters)
            if search_begins:
                generator.restart_search()
        assert generator is not None  # the first settings are at position 0
        if position in run.picked:
            step = generator.pick(source.vocabulary.ids[run.picked[position]], temperature, filters)
        else:
            step = generator.step(temperature, filters)
        text += source.vocabulary.characters[step.character_id]
        yield source, step


def first_difference(written: str, expected: str) -> int | None:
    """Return the first position at which two texts differ, or None where they are the same.

    >>> first_difference("abc", "abd")
    2
    """
    if written == expected:
        return None
    both = zip(written, expected, strict=False)
    return next((place for place, (one, other) in enumerate(both) if one != other), min(len(written), len(expected)))
