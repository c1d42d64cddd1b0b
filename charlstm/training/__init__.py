"""Learning: the only room that imports TensorFlow."""
