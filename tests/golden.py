"""One run, to the letter: what every engine and every door must write from the committed model."""

from pathlib import Path

MODEL = Path(__file__).parents[1] / "models" / "nietzsche-book"
EPOCH = 3
SEED_TEXT = "what is noble? what does the word "
TEMPERATURE = 0.5
RANDOM_SEED = 2024
TEXT = (
    "of must perhaps carn of the man be sour a flice of the person of the man agent and of the stronger "
    "stronger the fallent and short of the believe the artist had all which is the great the structing man"
)
LENGTH = len(TEXT)
