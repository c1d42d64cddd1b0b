"""Each of Keras's layers as a layer of this program, with its weights."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from charlstm.model_folder.schema import one_line
from charlstm.networks.layers.activations import ACTIVATIONS
from charlstm.networks.layers.layer import (
    Activation,
    BaseLayer,
    BatchNormalization,
    Bidirectional,
    Dense,
    Embedding,
    Gru,
    LayerNormalization,
    Lstm,
    Masking,
    OneHot,
    Recurrent,
    SimpleRnn,
)
from charlstm.recipes.recipe import TrainingError
from charlstm.training.keras_files.chain import Link
from charlstm.training.keras_files.reading import KerasFile, is_stand_in

Weights = Sequence[NDArray[np.floating]]
# What does nothing but in training.
PASSED = (
    "Dropout",
    "SpatialDropout1D",
    "GaussianDropout",
    "GaussianNoise",
    "AlphaDropout",
    "ActivityRegularization",
    "Identity",
)
PROBABILITIES = ("softmax", "log_softmax")  # after logits
SUPPORTED = (
    "Embedding, LSTM, GRU, SimpleRNN, Bidirectional, Dense, TimeDistributed, BatchNormalization, LayerNormalization, "
    "Masking, activations and dropout"
)


@dataclass(frozen=True)
class Converted:
    """A layer of this program, and its weights by their names."""

    layer: BaseLayer
    weights: dict[str, NDArray[np.float32]]


def convert_chain(source: KerasFile, chain: Sequence[Link]) -> list[Converted]:
    """Return the layers of a chain, the first of which reads ids, and the last of which gives logits.

    Raises:
        TrainingError: a layer, or one of its settings, cannot be imported; names the layer and the reason.
    """
    converter = _Converter(source)
    layers = [one for link in chain for one in converter.convert(link)]
    shape = source.model.inputs[0].shape
    if not layers or not isinstance(layers[0].layer, Embedding | OneHot):
        layers.insert(0, Converted(_one_hot_input(source, shape), {}))
    return converter.ending_in_logits(layers)


def _one_hot_input(source: KerasFile, shape: Sequence[int | None]) -> OneHot:
    file, characters = source.path, source.model.outputs[0].shape[-1]
    if len(shape) != 3:
        raise TrainingError(
            f"{file} reads inputs of the shape {_shown(shape)}: a network of characters reads ids (time,) through an "
            "Embedding, or one-hot characters (time, characters)"
        )
    if shape[-1] == 1 and characters != 1:
        raise TrainingError(
            f"{file} reads each character as one number (a scaled id), so that it takes neighbours in the alphabet for "
            "alike; such a network cannot be imported: train it with one-hot characters or an Embedding instead"
        )
    if shape[-1] != characters:
        raise TrainingError(
            f"{file} reads vectors of {shape[-1]} numbers, but chooses among {characters} characters: "
            "its characters are neither ids nor one-hot, and what they are is not in the file"
        )
    return OneHot()


def _shown(shape: Sequence[int | None]) -> str:
    return f"({', '.join('any' if size is None else str(size) for size in shape[1:])})"


def gives_probabilities(chain: Sequence[Link]) -> bool:
    """Whether a network ends in a softmax; else it gives logits, or their logarithms, which serve as logits too."""
    ends = (_end(link) for link in reversed(chain) if type(link).__name__ not in PASSED)
    return next((end for end in ends if end != "linear"), "linear") == "softmax"


def _end(link: Link) -> str:
    while isinstance(link, keras.layers.TimeDistributed):
        link = link.layer
    function = getattr(link, "activation", None)
    if function is None:
        return type(link).__name__.lower()
    return str(getattr(function, "__name__", "other"))


class _Converter:
    def __init__(self, source: KerasFile) -> None:
        self._file, self._keras_2, self._model = source.path, source.keras_2, source.model

    def convert(self, link: Link) -> list[Converted]:
        """Return what a layer of Keras is here: usually one layer, none for what acts in training alone."""
        kind = type(link).__name__
        if getattr(link, "lora_enabled", False):
            raise self._refused(link, "has LoRA weights beside its own: save it after they are merged")
        if kind in PASSED:
            return []
        converter: Callable[[Any], list[Converted]] | None = getattr(self, f"_{kind}", None)
        if converter is None or (isinstance(link, keras.Layer) and not self._is_kerass_own(link)):
            raise self._refused(link, f"is of the kind {kind}, which cannot be imported; what can: {SUPPORTED}")
        try:
            return converter(link)
        except TrainingError:
            raise
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            raise self._refused(
                link, f"({kind}) is set up in a way that cannot be imported ({one_line(error)})"
            ) from error

    def ending_in_logits(self, layers: list[Converted]) -> list[Converted]:
        """Return the layers without a last softmax: the network here ends in logits."""
        while layers[-1].layer == Activation("linear"):
            layers = layers[:-1]
        last = layers[-1]
        end = getattr(last.layer, "activation", "linear")
        if isinstance(last.layer, Recurrent | Bidirectional | Masking | OneHot) or end not in (
            "linear",
            *PROBABILITIES,
        ):
            what = end if isinstance(last.layer, Dense | Activation) else last.layer.kind
            raise TrainingError(
                f"{self._file} ends in {what}, which gives neither the probabilities of the next character (softmax) "
                "nor logits (linear)"
            )
        if end == "linear":
            return layers
        if isinstance(last.layer, Dense):
            return [*layers[:-1], replace(last, layer=replace(last.layer, activation="linear"))]
        # An activation alone: where the layer below ends in logits, they are these.
        below = layers[-2].layer
        if isinstance(below, Activation | Recurrent | Bidirectional) or getattr(below, "activation", "") != "linear":
            return [*layers[:-1], Converted(Activation("linear"), {})]
        return layers[:-1]

    def _refused(self, link: Link, reason: str) -> TrainingError:
        return TrainingError(f"{self._file}: the layer {link.name} {reason}")

    @staticmethod
    def _is_kerass_own(layer: keras.Layer) -> bool:
        return is_stand_in(layer) or type(layer).__module__.split(".")[0] == "keras"

    @staticmethod
    def _axis(link: Any) -> Any:
        return link.axis[0] if isinstance(link.axis, list | tuple) and len(link.axis) == 1 else link.axis

    def _activation(self, link: Link, function: Any) -> str:
        """Return the name of an activation function; "hard_sigmoid" is another one in a file of Keras 2."""
        name = keras.activations.serialize(function)
        if name == "hard_sigmoid" and self._keras_2:
            return "hard_sigmoid_2"
        if type(name) is not str or name not in ACTIVATIONS:
            shown = name if type(name) is str else getattr(function, "name", "of its own")
            raise self._refused(link, f"has the activation {shown}, which cannot be imported")
        return name

    def _weights(self, link: Link, layer: BaseLayer, below: int, weights: Weights) -> Converted:
        shapes = layer.shapes(below)
        if [weight.shape for weight in weights] != list(shapes.values()):
            raise self._refused(link, f"has weights of other shapes than a {type(link).__name__} of its settings")
        as_float32 = [np.asarray(weight, np.float32) for weight in weights]
        return Converted(layer, dict(zip(shapes, as_float32, strict=True)))

    def _without_weights(self, layer: BaseLayer) -> list[Converted]:
        return [Converted(layer, {})]

    def _OneHot(self, link: Link) -> list[Converted]:
        characters = self._model.outputs[0].shape[-1]
        if link.axis not in (-1, 2):
            raise self._refused(link, f"is one-hot along axis {link.axis}, not the last")
        if link.num_classes != characters:
            raise self._refused(link, f"is one-hot of {link.num_classes}, but the network chooses among {characters}")
        return self._without_weights(OneHot())

    def _Embedding(self, link: Any) -> list[Converted]:
        return [
            self._weights(link, Embedding(link.output_dim, bool(link.mask_zero)), link.input_dim, link.get_weights())
        ]

    def _Masking(self, link: Any) -> list[Converted]:
        return self._without_weights(Masking(float(link.mask_value)))

    def _Dense(self, link: Any) -> list[Converted]:
        layer = Dense(link.units, self._activation(link, link.activation), link.use_bias)
        weights = link.get_weights()
        return [self._weights(link, layer, len(weights[0]), weights)]

    def _TimeDistributed(self, link: Any) -> list[Converted]:
        converted = self.convert(link.layer)
        if any(isinstance(one.layer, Recurrent | Bidirectional | Embedding | Masking) for one in converted):
            raise self._refused(link, f"applies a {type(link.layer).__name__} to each time alone")
        return converted

    def _Activation(self, link: Any) -> list[Converted]:
        return self._without_weights(Activation(self._activation(link, link.activation)))

    def _Softmax(self, link: Any) -> list[Converted]:
        axis = self._axis(link)
        if axis not in (-1, len(link.output.shape) - 1 if link._inbound_nodes else 1):
            raise self._refused(link, f"is a softmax along axis {axis}, not the last")
        return self._without_weights(Activation("softmax"))

    def _ReLU(self, link: Any) -> list[Converted]:
        if link.threshold or (link.negative_slope and link.max_value is not None) or link.max_value not in (None, 6):
            raise self._refused(link, "is a ReLU with a threshold or a largest value, which cannot be imported")
        if link.negative_slope:
            return self._without_weights(Activation("leaky_relu", float(link.negative_slope)))
        return self._without_weights(Activation("relu" if link.max_value is None else "relu6"))

    def _LeakyReLU(self, link: Any) -> list[Converted]:
        return self._without_weights(Activation("leaky_relu", float(link.negative_slope)))

    def _ELU(self, link: Any) -> list[Converted]:
        return self._without_weights(Activation("elu", float(link.alpha)))

    def _BatchNormalization(self, link: Any) -> list[Converted]:
        return self._normalization(link, BatchNormalization)

    def _LayerNormalization(self, link: Any) -> list[Converted]:
        if link.rms_scaling:
            raise self._refused(link, "has rms_scaling, which cannot be imported")
        return self._normalization(link, LayerNormalization)

    def _normalization(self, link: Any, kind: type[LayerNormalization]) -> list[Converted]:
        axis = self._axis(link)
        weights = link.get_weights()
        # Within a TimeDistributed it is never called by itself: there it gets (batch, width).
        shape = link.output.shape if link._inbound_nodes else (None, *(weights[0].shape if weights else (1,)))
        if axis not in (-1, len(shape) - 1):
            raise self._refused(link, f"normalises along axis {axis}, not the last, so it would need the whole text")
        layer = kind(float(link.epsilon), bool(link.scale), bool(link.center))
        return [self._weights(link, layer, shape[-1], weights)]

    def _LSTM(self, link: Any) -> list[Converted]:
        self._check_mask(link)
        return self._directed(link)

    _GRU = _SimpleRNN = _CuDNNLSTM = _CuDNNGRU = _LSTM

    def _RNN(self, link: Any) -> list[Converted]:
        """One cell, or several on each other, each of which is a layer."""
        self._check_mask(link)
        cells = link.cell.cells if type(link.cell).__name__ == "StackedRNNCells" else [link.cell]
        if len(cells) > 1 and link.go_backwards and self._has_masks():
            raise self._refused(link, "reads backwards with several cells and a mask, which cannot be imported")
        layers = [self._cell(link, cell) for cell in cells]
        # What reads backwards is the lowest; above it the order of reading is that of time.
        layers = [
            replace(
                layer,
                return_sequences=link.return_sequences or layer is not layers[-1],
                go_backwards=link.go_backwards and number == 0,
            )
            for number, layer in enumerate(layers)
        ]
        return [self._recurrent(link, layer, cell.get_weights()) for layer, cell in zip(layers, cells, strict=True)]

    def _Bidirectional(self, link: Any) -> list[Converted]:
        if link.merge_mode is None:
            raise self._refused(link, "gives two outputs (merge_mode = None), and only one can be imported")
        cells = [getattr(one, "cell", None) for one in (link.forward_layer, link.backward_layer)]
        if any(type(cell).__name__ == "StackedRNNCells" for cell in cells):
            raise self._refused(link, "holds several cells on each other, which cannot be imported")
        # Masked times give 0 here, as Keras always has it: their own setting says nothing.
        both = [self._directed(one) for one in (link.forward_layer, link.backward_layer)]
        if any(len(one) != 1 or not isinstance(one[0].layer, Recurrent) for one in both):
            raise self._refused(link, "holds other layers than one LSTM, GRU or SimpleRNN")
        (forward,), (backward,) = both
        layer = Bidirectional(forward.layer, backward.layer, link.merge_mode)  # type: ignore[arg-type]
        weights = {f"forward_{name}": weight for name, weight in forward.weights.items()}
        return [Converted(layer, weights | {f"backward_{name}": weight for name, weight in backward.weights.items()})]

    def _directed(self, link: Any) -> list[Converted]:
        cell = getattr(link, "cell", link) if type(link).__name__ == "RNN" else link
        return [self._recurrent(link, self._cell(link, cell), link.get_weights())]

    def _has_masks(self) -> bool:
        layers = self._model._flatten_layers(include_self=False)
        return any(getattr(one, "mask_zero", False) or isinstance(one, keras.layers.Masking) for one in layers)

    def _check_mask(self, link: Any) -> None:
        if getattr(link, "zero_output_for_mask", False):
            raise self._refused(link, "has zero_output_for_mask = True, which cannot be imported")

    def _cell(self, link: Any, cell: Any) -> Recurrent:
        """Return the layer of a recurrent layer of Keras, or of a cell in one."""
        kind = type(cell).__name__.removesuffix("Cell")
        if kind not in ("LSTM", "GRU", "SimpleRNN", "CuDNNLSTM", "CuDNNGRU"):
            raise self._refused(link, f"has a cell of the kind {kind}, which cannot be imported")
        settings: dict[str, Any] = {
            "units": cell.units,
            "return_sequences": bool(link.return_sequences),
            "go_backwards": bool(link.go_backwards),
        }
        if not is_stand_in(cell):
            settings |= {"activation": self._activation(link, cell.activation), "use_bias": bool(cell.use_bias)}
            if kind != "SimpleRNN":
                settings["recurrent_activation"] = self._activation(link, cell.recurrent_activation)
        if kind == "GRU":
            settings["reset_after"] = bool(cell.reset_after)
        return {"LSTM": Lstm, "CuDNNLSTM": Lstm, "GRU": Gru, "CuDNNGRU": Gru, "SimpleRNN": SimpleRnn}[kind](**settings)

    def _recurrent(self, link: Any, layer: Recurrent, weights: Weights) -> Converted:
        if is_stand_in(link):
            weights = link.converted()
        return self._weights(link, layer, len(weights[0]), weights)
