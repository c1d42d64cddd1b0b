"""Make the English list: `python -m docs.english_words` writes charlstm/english.txt.gz from pyspellchecker's words."""

import gzip
import json
from importlib.resources import files

from charlstm.text.word_list import ENGLISH, Lexicon

VOWELS = set("aeiouyáàâäæéèêëíìîïóòôöøœúùûüå")


def is_word(entry: str) -> bool:
    """Whether an entry is a word: without a vowel it is an abbreviation, and so are most single letters."""
    return bool(VOWELS & set(entry.removesuffix("'s"))) and (len(entry) > 1 or entry in "aio")


def main() -> None:
    """Make it."""
    source = files("spellchecker") / "resources" / "en.json.gz"
    entries = json.loads(gzip.decompress(source.read_bytes()))
    words = sorted(filter(is_word, entries))
    content = "".join(f"{word}\n" for word in words).encode()
    Lexicon.of_lines(content)
    ENGLISH.write_bytes(gzip.compress(content, 9, mtime=0))
    print(f"{ENGLISH}: {len(words):,} words, {ENGLISH.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
