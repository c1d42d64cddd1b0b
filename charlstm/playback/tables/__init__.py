"""The tables of figures that charts are given."""
