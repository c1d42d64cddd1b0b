"""A model folder: read, checked whole, written, zipped."""
