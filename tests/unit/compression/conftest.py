"""Small random networks, of two contexts and several vocabularies."""

import numpy as np
import pytest

from charlstm.networks.architecture import Architecture, GatedConvolutions, LstmLayers
from charlstm.networks.network import Context, Network
from charlstm.text.vocabulary import Vocabulary

VOCABULARIES = ["\n abcdefghij.,\"'", "\n !?.abcABC-ë", "a", "ab", "한국어 \n", "\r\n ab"]
Known = tuple[Network, Vocabulary]
ARCHITECTURES: list[tuple[Architecture, Context]] = [
    (LstmLayers((3,)), "window"),
    (LstmLayers((4, 3)), "carried"),
    (GatedConvolutions(2, 2, (1, 2)), "carried"),
]


def random_network(characters: str, kind: int, random_seed: int) -> Known:
    """Return a network with random weights, some of which are large, and its vocabulary."""
    architecture, context = ARCHITECTURES[kind]
    generator = np.random.default_rng(random_seed)
    scale = generator.choice([0.5, 2.0, 20.0])
    shapes = architecture.tensor_shapes(len(characters))
    tensors = {name: generator.normal(scale=scale, size=shape).astype(np.float32) for name, shape in shapes.items()}
    return architecture.network(tensors, context, 4), Vocabulary(tuple(characters))


@pytest.fixture
def network():
    """A small network of 15 characters, and its vocabulary."""
    return random_network(VOCABULARIES[0], 1, 1)
