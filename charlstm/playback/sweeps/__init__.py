"""Many whole texts, written in slices of time."""
