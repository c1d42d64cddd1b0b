"""Text as characters, ids and words: vocabularies, folding, decoding, word lists."""
