"""A network's config as Keras 2 saved it, in the words of Keras 3, which can then load the file.

What a setting means is never changed: what has another meaning in Keras 3 is refused, or told in `Translated`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from charlstm.recipes.recipe import TrainingError

RECURRENT = ("LSTM", "GRU", "SimpleRNN", "CuDNNLSTM", "CuDNNGRU", "RNN")
CUDNN = ("CuDNNLSTM", "CuDNNGRU")
# Settings of Keras 2 that Keras 3 has no word for, and the values that change nothing.
WITHOUT_MEANING: dict[str, tuple[Any, ...]] = {
    "implementation": (0, 1, 2, None),
    "ragged": (False, None),
    "input_length": (),  # any: it is in the shape of the input
    "renorm": (False, None),
    "renorm_clipping": (None,),
    "renorm_momentum": (),
    "virtual_batch_size": (None,),
    "fused": (),
    "adjustment": (None,),
    "input_dtype": (),
    "consume_less": (),
}
# What Keras always writes of its own layers; a class of the file's own that has such a name may not.
WRITTEN = {
    "LSTM": ("units", "activation", "recurrent_activation", "use_bias"),
    "GRU": ("units", "activation", "recurrent_activation", "use_bias"),
    "SimpleRNN": ("units", "activation", "use_bias"),
    "Dense": ("units", "activation", "use_bias"),
    "Embedding": ("input_dim", "output_dim"),
    "Dropout": ("rate",),
    "Activation": ("activation",),
    "LayerNormalization": ("axis", "epsilon", "center", "scale"),
    "BatchNormalization": ("axis", "epsilon", "center", "scale"),
    "Masking": ("mask_value",),
    "TimeDistributed": ("layer",),
    "Bidirectional": ("layer", "merge_mode"),
}
HALF_PRECISION = ("mixed_float16", "mixed_bfloat16", "float16", "bfloat16")
FUNCTIONAL = ("Functional", "Model")
TOP = ("Sequential", *FUNCTIONAL)


@dataclass
class Translated:
    """A config that Keras 3 loads, and what of the file it could not say.

    Attributes:
        time_major: whether its recurrent layers have the time before the batch.
        half_precision: whether it computed in float16 or bfloat16, where float32 stands now.
    """

    config: dict[str, Any]
    time_major: bool = False
    half_precision: bool = False


def translate(config: Any, keras_2: bool, file: str) -> Translated:
    """Return a network's config in the words of Keras 3.

    Args:
        config: of the whole network, as JSON types.
        keras_2: whether an older Keras than 3 wrote it.
        file: its name, for an error message.

    Raises:
        TrainingError: it cannot be loaded, for a reason that can be read from the config; says which.
    """
    if type(config) is not dict or type(config.get("class_name")) is not str:
        raise TrainingError(f"{file} says nothing of its layers that can be read")
    if config["class_name"] not in TOP:
        raise TrainingError(
            f"{file} holds a {config['class_name']}, a class of its own, and only its own code knows what that does: "
            "build the same layers as a Sequential, copy the weights, and save that"
        )
    _refuse_code(config, file)
    translated = Translated(config)
    majors = {bool(one["config"].get("time_major")) for one in _objects(config) if one["class_name"] in RECURRENT}
    if majors == {True, False}:
        raise TrainingError(f"{file} has recurrent layers with time_major = True and others without")
    translated.time_major = True in majors
    for one in list(_objects(config)):
        _translate_object(one, keras_2, translated, file)
    return translated


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if type(value) is dict:
        if type(value.get("class_name")) is str and type(value.get("config")) in (dict, list):
            if type(value["config"]) is list and value["class_name"] == "Sequential":
                value["config"] = {"name": "sequential", "layers": value["config"]}  # as before Keras 2.2.3
            if type(value["config"]) is dict:
                yield value
        for one in list(value.values()):
            yield from _objects(one)
    elif type(value) is list:
        for one in value:
            yield from _objects(one)


def _refuse_code(config: dict[str, Any], file: str) -> None:
    for one in _objects(config):
        reason = _why_refused(one, one["class_name"], one["config"].get("name", "a function"))
        if reason:
            raise TrainingError(f"{file}: {reason}")


def _why_refused(one: dict[str, Any], kind: str, name: str) -> str:
    """Return why an object of a config cannot be taken; "" where nothing speaks against it."""
    if kind in ("LSTM", "GRU", "SimpleRNN", "Dense") and "output_dim" in one["config"]:
        return "the file was saved by Keras 1, which only Keras 1 and 2 can read: save it with Keras 2"
    if kind in ("Lambda", "__lambda__"):
        what = f"the layer {name} is a Lambda" if kind == "Lambda" else "an activation is a lambda"
        return f"{what}, which is a program, and no program from a file is ever run: save the network without it"
    if kind in ("TFOpLambda", "SlicingOpLambda", "ClassMethod", "TensorFlowOpLayer"):
        return (
            f"{name} is an operation of TensorFlow between the layers, which cannot be imported: "
            "only layers in one chain can"
        )
    missing = [setting for setting in WRITTEN.get(kind, ()) if setting not in one["config"]]
    module = one.get("module", "keras") or "its own"
    if missing or ">" in kind or not module.startswith(("keras", "tf_keras", "builtins")):
        why = f" (Keras's has {missing[0]})" if missing else ""
        return (
            f"{name} is of a class {kind.rpartition('>')[2]} of its own{why}, and only its own code knows what that "
            "does: build the same from Keras's layers, and copy the weights"
        )
    return ""


def _translate_object(one: dict[str, Any], keras_2: bool, translated: Translated, file: str) -> None:
    kind, config = one["class_name"], one["config"]
    if kind in RECURRENT:
        config.pop("time_major", None)
    _float32(config, translated, file)
    if not keras_2:
        return
    for setting, neutral in WITHOUT_MEANING.items():
        if setting in config:
            if neutral and config[setting] not in neutral:
                raise TrainingError(
                    f"{file}: the layer {config.get('name')} has {setting} = {config[setting]!r}, "
                    "which Keras 3 does not have"
                )
            del config[setting]
    if kind == "GRU":
        config.setdefault("reset_after", False)  # as before Keras 2.2
    if kind in CUDNN:
        one |= {"module": None, "registered_name": kind}
    elif type(one.get("module")) is str:
        # Each version kept its classes in other places.
        if kind in FUNCTIONAL:
            one |= {
                "module": "keras.src.models.functional",
                "class_name": "Functional",
                "registered_name": "Functional",
            }
        elif kind == "Sequential":
            one |= {"module": "keras", "registered_name": None}
        else:
            one["module"] = one["module"].replace("tf_keras", "keras")
    if type(config.get("axis")) is list and len(config["axis"]) == 1:
        config["axis"] = config["axis"][0]
    shape = config.pop("batch_input_shape", None)  # said again, by every layer that once was the first
    if kind == "InputLayer" and shape is not None:
        config["batch_shape"] = shape
    if kind == "Sequential":
        _give_input(one)


def _give_input(sequential: dict[str, Any]) -> None:
    """Where the first layer of a Sequential says the shape of its input, say it in a layer of its own."""
    layers = sequential["config"].get("layers") or []
    first: dict[str, Any] = layers[0] if layers and type(layers[0]) is dict else {}
    config: Any = first.get("config")
    if first.get("class_name") == "InputLayer" or type(config) is not dict:
        return
    inner: Any = config.get("layer")
    place = config if "batch_input_shape" in config or type(inner) is not dict else inner.get("config", {})
    shape = place.pop("batch_input_shape", None)
    if shape is not None:
        dtype = "int32" if first.get("class_name") == "Embedding" else "float32"
        layer: dict[str, Any] = {
            "class_name": "InputLayer",
            "config": {"batch_shape": shape, "dtype": dtype, "name": "input"},
        }
        if type(first.get("module")) is str or "registered_name" in first:
            layer |= {"module": "keras.layers", "registered_name": None}
        layers.insert(0, layer)


def _float32(config: dict[str, Any], translated: Translated, file: str) -> None:
    """Let a layer that computes in half precision compute in float32."""
    dtype = config.get("dtype")
    policy = dtype.get("config", {}).get("name") if type(dtype) is dict else dtype
    if type(dtype) is dict and "Quantized" in str(dtype.get("class_name")):
        raise TrainingError(f"{file}: the layer {config.get('name')} is quantized: save the network before it is")
    if policy in HALF_PRECISION:
        config["dtype"] = "float32"
        translated.half_precision = True
