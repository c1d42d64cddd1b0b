"""Whether an imported network gives what the file's own network gives, character by character."""

from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np
from numpy.typing import NDArray

from charlstm.networks.layers.activations import hard_sigmoid_2
from charlstm.networks.layers.windows import WindowNetwork
from charlstm.networks.network import Context, Network
from charlstm.recipes.recipe import TrainingError
from charlstm.training.keras_files.conversion import Converted
from charlstm.training.keras_files.reading import KerasFile, is_stand_in
from charlstm.training.keras_files.reference import reference_probs

LARGEST_DIFFERENCE = 1e-5  # of two probabilities
CHARACTERS = 200  # compared, past the window
MOST_NUMBERS = 20_000_000  # one-hot, that Keras is given at once
LONGEST_CHUNK = 20  # characters, of what a stateful network is given at once
Ids = NDArray[np.integer]
Probs = NDArray[np.float64]


@dataclass(frozen=True)
class Proof:
    """What was compared, and how it came out.

    Attributes:
        characters: after how many characters of random texts the probabilities were compared.
        difference: the largest between two probabilities.
        why_not_keras: why the reference is this program's own equations in float64; "" where it is Keras.
    """

    characters: int
    difference: float
    why_not_keras: str


def prove(
    source: KerasFile,
    layers: Sequence[Converted],
    network: Network,
    known: Ids,
    gives_probabilities: bool,
    context: Context,
    window: int,
) -> Proof:
    """Compare an imported network with the file's own, on random texts longer than the window.

    Args:
        source: the file.
        layers: its layers, before any id was left out.
        network: the imported network, whose id n is the file's `known[n]`.
        known: the ids that stand for characters.
        gives_probabilities: whether the file's network ends in a softmax; else it gives logits.
        context, window: of the imported network.

    Raises:
        TrainingError: they differ by more than LARGEST_DIFFERENCE, or give what is no number.
    """
    why_not_keras = _why_not_keras(source, layers, context, window)
    generator = np.random.default_rng(0)
    text = known[generator.integers(len(known), size=window + CHARACTERS)]
    if why_not_keras:
        places, expected = _by_equations(layers, text, context, window)
    else:
        theirs = _KerasNetwork(source, known, gives_probabilities, generator)
        places, expected = _by_keras(theirs, text, context, window, is_stateful(source))
        if len(places) < CHARACTERS:  # where Keras gives the end of a piece alone, the rest is compared with equations
            all_places, of_all = _by_equations(layers, text, context, window)
            places, expected = np.concatenate([places, all_places]), np.concatenate([expected, of_all])
    expected = expected[:, known] / expected[:, known].sum(axis=1, keepdims=True)
    ours = _ours(network, np.searchsorted(known, text), places)
    differences = np.abs(ours - expected).max(axis=1)
    if not (differences <= LARGEST_DIFFERENCE).all():  # NaN is not
        worst = int(np.nanargmax(np.where(np.isnan(differences), np.inf, differences)))
        difference = "is no number" if np.isnan(differences[worst]) else f"differs by {differences[worst]:.2g}"
        raise TrainingError(
            f"{source.path}: what this program computes is not what the file's own network computes (after "
            f"{places[worst] + 1} characters of a random text a probability {difference}), so it is not imported"
        )
    return Proof(len(places), float(differences.max()), why_not_keras)


def _why_not_keras(source: KerasFile, layers: Sequence[Converted], context: Context, window: int) -> str:
    """Return why Keras 3 cannot run the file as the imported network runs; "" where it can."""
    if any(is_stand_in(layer) for layer in source.model._flatten_layers()):
        return "Keras 3 has no CuDNN layers"
    if any(hard_sigmoid_2.__name__ in str(one.layer) for one in layers):
        return "Keras 3 has another hard_sigmoid than the Keras 2 that made the file"
    if source.time_major:
        return "Keras 3 has no time_major"
    length = source.model.inputs[0].shape[1]
    own: Context = "carried" if length is None or is_stateful(source) else "window"
    if own != context:
        return f"the file's own context is {own}"
    return "the file's own window is another one" if context == "window" and length != window else ""


def is_stateful(source: KerasFile) -> bool:
    """Whether a layer keeps its state from one call to the next."""
    return any(getattr(layer, "stateful", False) for layer in source.model._flatten_layers(include_self=False))


def _ours(network: Network, ids: Ids, places: Ids) -> Probs:
    """Return the probs after the characters at some places of a text, (places, V), written on one by one."""
    if isinstance(network, WindowNetwork):  # which reads all windows at once sooner
        windows, _ = _windows(ids, network.window)
        return network.probs_after_windows(windows[places - network.window + 1])
    first = int(places.min())
    state, probs = network.prefill(ids[:first]), []
    for id_ in ids[first:].tolist():
        network.step(state, id_)
        probs.append(network.probs(state))
    return np.array(probs)[places - first]


def _windows(text: Ids, window: int) -> tuple[Ids, Ids]:
    """Return all windows of a text, and the places at which they end."""
    return np.lib.stride_tricks.sliding_window_view(text, window), np.arange(window - 1, len(text))


def _by_equations(layers: Sequence[Converted], text: Ids, context: Context, window: int) -> tuple[Ids, Probs]:
    if context == "carried":
        return np.arange(len(text)), reference_probs(layers, text[None], every_time=True)[0]
    windows, places = _windows(text, window)
    return places, reference_probs(layers, windows, every_time=False)


def _by_keras(theirs: "_KerasNetwork", text: Ids, context: Context, window: int, stateful: bool) -> tuple[Ids, Probs]:
    """Return places in the text, and the probs that Keras gives after the characters there."""
    if context == "window":
        windows, places = _windows(text, window)
        return places, theirs.after_last(windows)
    if stateful:
        return theirs.with_state(text)
    if theirs.gives_sequences:
        return np.arange(len(text)), theirs.probs(text[None])[0]
    places = np.arange(window, len(text))
    return places, np.concatenate([theirs.after_last(text[None, : place + 1]) for place in places])


class _KerasNetwork:
    """A network of Keras, which may want a batch of one size alone."""

    def __init__(
        self, source: KerasFile, known: Ids, gives_probabilities: bool, generator: np.random.Generator
    ) -> None:
        self._model, self._known, self._generator = source.model, known, generator
        (self._inputs,), (outputs,) = self._model.inputs, self._model.outputs
        self.gives_sequences = len(outputs.shape) == 3
        self._characters = outputs.shape[-1]
        self._gives_probabilities = gives_probabilities

    def after_last(self, ids: Ids) -> Probs:
        """ids (rows, T) -> probs after the last of them, (rows, V)."""
        probs = self.probs(ids)
        return probs[:, -1] if self.gives_sequences else probs

    def probs(self, ids: Ids) -> Probs:
        """ids (rows, T) -> probs, (rows, T, V) or (rows, V)."""
        size = self._inputs.shape[0]
        if size is None:
            at_once = max(1, MOST_NUMBERS // (ids.shape[1] * (self._characters + 1)))
            return np.concatenate([self._predict(ids[n : n + at_once]) for n in range(0, len(ids), at_once)])
        if size == len(ids):
            return self._predict(ids)
        return np.concatenate([self._predict(self._filled(ids[n : n + 1], size))[:1] for n in range(len(ids))])

    def with_state(self, text: Ids) -> tuple[Ids, Probs]:
        """Feed a text in pieces, the state kept from piece to piece; return places, and the probs there."""
        self._reset()
        size, length = self._inputs.shape[0] or 1, self._inputs.shape[1]
        places: list[int] = []
        probs, begin = [], 0
        while begin < len(text):
            longest = LONGEST_CHUNK if self.gives_sequences else 1
            end = begin + (length or int(self._generator.integers(1, longest + 1)))
            if end > len(text):
                break
            given = self._predict(self._filled(text[None, begin:end], size))[0]
            places += range(begin, end) if self.gives_sequences else [end - 1]
            probs.append(given if self.gives_sequences else given[None])
            begin = end
        self._reset()
        return np.array(places), np.concatenate(probs)

    def _reset(self) -> None:
        for layer in self._model._flatten_layers(include_self=False):
            for state in keras.tree.flatten(getattr(layer, "states", None) or []):
                state.assign(keras.ops.zeros_like(state))

    def _filled(self, ids: Ids, size: int) -> Ids:
        """Return a text as the first row of a batch, with random texts in the others."""
        others = self._known[self._generator.integers(len(self._known), size=(size - 1, ids.shape[1]))]
        return np.concatenate([ids, others])

    def _predict(self, ids: Ids) -> Probs:
        one_hot = len(self._inputs.shape) == 3
        x = np.eye(self._inputs.shape[-1], dtype=np.float32)[ids] if one_hot else ids.astype(self._inputs.dtype)
        (given,) = keras.tree.flatten(self._model.predict_on_batch(x))
        given = np.asarray(given, np.float64)
        if self._gives_probabilities:
            return given
        shifted = np.exp(given - given.max(axis=-1, keepdims=True))
        return shifted / shifted.sum(axis=-1, keepdims=True)
