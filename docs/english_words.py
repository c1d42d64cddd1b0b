"""Write charlstm/text/english.txt.gz, the English word list, from pyspellchecker: `python -m docs.english_words`."""

import gzip
import json
from importlib.resources import files

from charlstm.text.word_list import ENGLISH_FILE, WordList

VOWELS = set("aeiouyáàâäæéèêëíìîïóòôöøœúùûüå")


def is_word(entry: str) -> bool:
    """Return whether an entry is a word: without a vowel it is an abbreviation, and so are most single letters."""
    return bool(VOWELS & set(entry.removesuffix("'s"))) and (len(entry) > 1 or entry in "aio")


def main() -> None:
    """Write the word list."""
    source = files("spellchecker") / "resources" / "en.json.gz"
    entries = json.loads(gzip.decompress(source.read_bytes()))
    words = sorted(filter(is_word, entries))
    content = "".join(f"{word}\n" for word in words).encode()
    WordList.of_lines(content)  # raises ValueError if a line is not a word
    ENGLISH_FILE.write_bytes(gzip.compress(content, 9, mtime=0))
    print(f"{ENGLISH_FILE}: {len(words):,} words, {ENGLISH_FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
