"""A text that a viewer brings, and the process that trains on it."""
