"""A character-level LSTM that learns a text and writes on, one character at a time."""
