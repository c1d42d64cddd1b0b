"""Words of a generated text, the first of which may begin in the seed text."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charlstm.text.marks import MARKS
from charlstm.text.words import WORD, word_spans, words_of

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


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("हिन्दी में लिखना", ["हिन्दी", "में", "लिखना"]),
        ("क्\u200dष और", ["क्\u200dष", "और"]),
        ("שָׁלוֹם עֲלֵיכֶם", ["שָׁלוֹם", "עֲלֵיכֶם"]),
        ("العَرَبِيَّة لُغَة", ["العَرَبِيَّة", "لُغَة"]),
        ("می\u200cخواهم\u200c ها", ["می\u200cخواهم", "ها"]),
        ("İyi günler", ["İyi", "günler"]),
        ("i\u0307yi gu\u0308nler", ["i\u0307yi", "gu\u0308nler"]),
        ("한국어 문장, don’t", ["한국어", "문장", "don’t"]),
        ("தமிழ் మాట", ["தமிழ்", "మాట"]),
    ],
)
def test_combining_marks_belong_to_their_letter(text, words):
    """Vowel signs, points and accents, and the joiners between letters."""
    assert words_of(f"{text}. ") == words


@pytest.mark.parametrize(
    "text",
    [
        "我是猫。还没有名字。",
        "吾輩は猫である。名前はまだ無い、カタカナー。",
        "สวัสดีครับ ผมชื่อ",
        "ຂ້ອຍ ຊື່",
        "ខ្ញុំ ឈ្មោះ",
        "ကျွန်တော် နာမည်",
        "👩\u200d👩\u200d👧 1️⃣ ❤️ 🇪🇺 ",
    ],
)
def test_a_script_that_does_not_separate_words_has_none(text):
    """Chinese, Japanese, Thai, Lao, Khmer, Burmese; nor are emoji words."""
    assert words_of(f"{text}. ") == []


def test_words_of_other_scripts_are_found_beside_one_that_does_not_separate_them():
    """As each script has it."""
    assert words_of("Linux和Windows 是 GNU的。") == ["Linux", "Windows", "GNU"]


@pytest.mark.parametrize("end", ["'", "’", "\u200c", "\u200d", "\u200c\u200d"])
def test_a_word_before_an_apostrophe_or_joiner_at_the_end_may_go_on(end):
    """It is omitted until it is clear where it ends."""
    assert words_of(f"one two{end}") == ["one"]
    assert words_of(f"one two{end} ") == ["one", "two"]


@given(st.text("aé हिן\u05b8ל'’\u200c\u200d\u0301中ก1_-", max_size=40))
def test_a_word_begins_with_a_letter_and_ends_with_a_letter_or_its_mark(text):
    """None has a blank or a digit, and no letter or mark that follows it was left out."""
    for found in WORD.finditer(text):
        word, after = found.group(), text[found.end() : found.end() + 1]
        assert word[0].isalpha()
        assert word[-1].isalpha() or unicodedata.category(word[-1])[0] == "M"
        assert not any(character in " 中ก1_-" for character in word)
        assert not after or (after not in "aéहןל" and unicodedata.category(after)[0] != "M")


def test_marks_are_all_combining_characters_of_unicode():
    """Of the categories Mn, Mc and Me, character by character; in the last planes, variation selectors alone."""
    marks = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code))[0] == "M"]
    ends = [(MARKS[place], MARKS[place + 2]) for place in range(0, len(MARKS), 3)]
    assert set(MARKS[1::3]) == {"-"}
    assert [chr(code) for first, last in ends for code in range(ord(first), ord(last) + 1)] == marks
