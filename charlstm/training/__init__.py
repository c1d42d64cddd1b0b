"""Training with Keras: the only room that imports TensorFlow."""
