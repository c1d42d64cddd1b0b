"""A viewer's own text, and the process that trains on it."""
