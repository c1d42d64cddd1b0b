"""A text as bits and back: an entropy coder, and a network that predicts each character for it."""
