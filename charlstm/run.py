"""A run: all that decides a text, so that it can be written again to the letter."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from charlstm.generation import Step, Writer
from charlstm.network import Network
from charlstm.sampling import NO_FILTERS, Filters
from charlstm.store import Model
from charlstm.vocabulary import Vocabulary


class Knobs(NamedTuple):
    """What is in force from a position on: which network, at which temperature, with which filters."""

    position: int
    model: str
    epoch: int
    temperature: float
    filters: Filters = NO_FILTERS


class Run(NamedTuple):
    """All that decides a text, and the text itself, for a check.

    Attributes:
        seed_text: only known characters.
        random_seed: starts the dice.
        knobs: over time, at rising positions, the first 0.
        picked: the characters that a person picked, by position.
        text: what was written after the seed text, at least one character.
    """

    seed_text: str
    random_seed: int
    knobs: tuple[Knobs, ...]
    picked: dict[int, str]
    text: str


def check_models(run: Run, models: Mapping[str, Model]) -> Vocabulary:
    """Return the vocabulary of a run's networks, if all of them are there.

    Raises:
        ValueError: a model, or an epoch, is missing, or they differ in their characters, or do not know the run's.
    """
    for knobs in run.knobs:
        if knobs.model not in models:
            raise ValueError(f"there is no model {knobs.model!r} here; there are: {', '.join(models) or 'none'}")
        if knobs.epoch not in models[knobs.model].manifest.epochs:
            raise ValueError(f"the model {knobs.model} here has not kept epoch {knobs.epoch}")
    vocabulary = models[run.knobs[0].model].vocabulary
    if any(models[knobs.model].vocabulary != vocabulary for knobs in run.knobs):
        raise ValueError("the networks of the run differ in their characters")
    unknown = set(run.seed_text).union(run.picked.values()).difference(vocabulary.characters)
    if unknown:
        raise ValueError(f"the network does not know the character {min(unknown)!r} of the run")
    return vocabulary


def replay(run: Run, vocabulary: Vocabulary, network_of: Callable[[str, int], Network]) -> Iterator[Step]:
    """Yield the steps of a run, made again.

    Args:
        run: which.
        vocabulary: of all its networks.
        network_of: gives the network of a model's name and an epoch, the same object each time.

    Raises:
        ValueError: the seed text, or a picked character, is not in the vocabulary.
    """
    text = vocabulary.encode(run.seed_text).tolist()
    picked = {position: int(vocabulary.encode(character)[0]) for position, character in run.picked.items()}
    changes = {knobs.position: knobs for knobs in run.knobs}
    writer = None
    for position in range(len(run.text)):
        if position in changes:
            _, model, epoch, temperature, filters = changes[position]
            network = network_of(model, epoch)
            if writer is None or writer.network is not network:
                writer = Writer(network, text, run.random_seed, position)
        assert writer is not None  # the first change stands at 0
        chosen = picked.get(position)
        step = writer.step(temperature, filters) if chosen is None else writer.pick(chosen, temperature, filters)
        text.append(step.character_id)
        yield step


def first_difference(written: str, expected: str) -> int | None:
    """Return the first position at which two texts differ, or None where they are the same.

    >>> first_difference("abc", "abd")
    2
    """
    if written == expected:
        return None
    both = zip(written, expected, strict=False)
    return next((place for place, (one, other) in enumerate(both) if one != other), min(len(written), len(expected)))
