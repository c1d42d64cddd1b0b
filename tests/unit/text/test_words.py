"""Words of a generated text, the first of which may begin in the seed text."""

from hypothesis import given
from hypothesis import strategies as st

from charlstm.text.words import word_spans, words_of

texts = st.text(alphabet="ab' -.\n1é", max_size=60)


@given(texts, texts)
def test_words_are_those_that_end_inside_the_text(seed_text, text):
    """Compared with a scan letter by letter: without words that end in the seed text or touch the end."""
    whole, words, word = seed_text + text, [], ""
    for position, character in enumerate(whole):
        inner = character == "'" and word and whole[position + 1 : position + 2].isalpha()
        if character.isalpha() or inner:
            word += character
        elif word:
            # Before apostrophes at the very end, a word may still continue.
            if position > len(seed_text) and whole[position:].strip("'"):
                words.append(word)
            word = ""
    assert words_of(text, seed_text) == words
    spans = word_spans(text, seed_text)
    assert [whole[len(seed_text) + start : len(seed_text) + end] for start, end in spans] == words
