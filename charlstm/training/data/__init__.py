"""A text as training examples, batch by batch."""
