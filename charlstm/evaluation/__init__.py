"""How good a network is, and what stands in what it writes."""
