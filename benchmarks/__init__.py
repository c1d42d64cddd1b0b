"""The speeds that the README claims, each measured as a ratio in one run: `python -m benchmarks`."""
