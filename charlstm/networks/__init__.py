"""The forward pass in NumPy: what every network does, and the kinds of network there are."""
