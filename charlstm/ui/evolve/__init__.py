"""The Evolve page."""
