"""Networks that are composed of layers, one after another, as Keras's Sequential: the layers, and the forward pass."""
