"""What a model folder keeps of where its network was made."""

import platform

import keras
import tensorflow as tf


def library_versions() -> dict[str, str]:
    """Return the versions of the libraries, and the GPU where there is one, without which the seconds say little."""
    versions = {"python": platform.python_version(), "tensorflow": tf.__version__, "keras": keras.__version__}
    gpus = tf.config.list_physical_devices("GPU")
    names = [tf.config.experimental.get_device_details(gpu).get("device_name", "GPU") for gpu in gpus]
    return versions | ({"device": ", ".join(names)} if names else {})
