"""The loop that writes a text: sampling, steps, runs and their files."""
