"""One known text that every engine and every door must write: the book's network after one epoch."""

MODEL = "models/nietzsche-book"
EPOCH = 1
SEED_TEXT = "what is noble? "
TEMPERATURE = 0.5
RANDOM_SEED = 1
TEXT = (
    "i sulf an of every a some and the feal so that have such who an even who has lake in the some of "
    "manificiously and strom"
)
