"""Many whole texts, written in slices of the clock."""
