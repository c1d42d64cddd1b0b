"""Characters: vocabularies, folding, decoding, and which words are real."""
