"""The characters of a network that somebody brings: from a text, as in the book, or from a list of its own."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from charlstm.model_folder.schema import one_line, parse_json, shown
from charlstm.recipes.recipe import TrainingError
from charlstm.text.decoding import from_utf8
from charlstm.text.vocabulary import Vocabulary

LARGEST_FILE = 50_000_000  # bytes
# Where tokenizers and tutorials keep their characters in an object.
INDICES, CHARS, TO = ("id", "idx", "ix", "index", "int"), ("char", "chars"), ("_to_", "2")
PLACES = (
    *("word_index", "vocab", "vocabulary", "stoi", "characters", "chars", "config", "model", "tokenizer"),
    *("char_indices", "indices_char", "index_word", "itos"),
    *(f"{char}{to}{index}" for char in CHARS for to in TO for index in INDICES),
    *(f"{index}{to}{char}" for char in CHARS for to in TO for index in INDICES),
)


@dataclass(frozen=True)
class Characters:
    """The characters of a network's ids.

    Attributes:
        of_ids: of each id, None where it stands for no single character.
        note: what was decided on the way, in a sentence; "" where nothing was.
        text: the text they came from, read as the network would; None where there is none.
    """

    of_ids: tuple[str | None, ...]
    note: str = ""
    text: str | None = None

    @property
    def vocabulary(self) -> Vocabulary:
        """The characters alone, in the order of their ids."""
        return Vocabulary(tuple(one for one in self.of_ids if one is not None))


def characters_of_text(path: Path, outputs: int, network: Path) -> list[Characters]:
    """Return what the sorted different characters of a text can be, the likeliest first.

    They are those of the text as it is, its byte order mark and carriage returns included. Where these are not as many
    as the network chooses among, the text is read as programs read it: without a byte order mark, with Unix line
    ends, in lower case.

    Args:
        path: of the text, UTF-8.
        outputs: how many characters the network chooses among.
        network: its file, for an error message.

    Raises:
        TrainingError: none of these has that many characters.
    """
    text = read_text(path)
    found: dict[str, Characters] = {}
    for how, variant in _variants(text):
        characters = tuple(sorted(set(variant)))
        if len(characters) == outputs and "".join(characters) not in found:
            found["".join(characters)] = Characters(characters, how and f"the text is read {how}", variant)
    if not found:
        count = len(set(text))
        raise TrainingError(
            f"{network} chooses among {outputs} characters, but {path} has {count} different ones: give the text it "
            "was trained on, its characters alone, or their ids with --characters FILE.json"
        )
    return list(found.values())


def _variants(text: str) -> Iterator[tuple[str, str]]:
    """Yield a text as it is, and as programs read it, each with what was done."""
    unmarked = text.removeprefix("\ufeff")
    unix = text.replace("\r\n", "\n").replace("\r", "\n")
    both = unix.removeprefix("\ufeff")
    for how, variant in (
        ("", text),
        ("without its byte order mark", unmarked),
        ("with Unix line ends", unix),
        ("without its byte order mark, with Unix line ends", both),
    ):
        yield how, variant
    for how, variant in (("", text), ("with Unix line ends", unix), ("without its byte order mark", both)):
        yield f"in lower case, {how}".removesuffix(", "), variant.lower()
    if both.endswith("\n") and both.count("\n") == 1:
        yield "without its last line end", both[:-1]


def characters_of_list(path: Path, outputs: int, network: Path) -> Characters:
    """Return the characters of a JSON file: a list, or an object from character to id (or from id to character).

    Entries that are no single character, such as "<unk>" or "", stand for none, and so do ids that are missing.

    Args:
        path: of the file.
        outputs: how many characters the network chooses among.
        network: its file, for an error message.

    Raises:
        TrainingError: it cannot be read, or does not fit the network; says where.
    """
    content = read_text(path)
    try:
        by_id = _by_id(parse_json(content.removeprefix("\ufeff").encode()), path)
    except TrainingError:
        raise
    except ValueError as error:
        raise TrainingError(f"{path}: {error}") from error
    if max(by_id) >= outputs:
        raise TrainingError(
            f"{path} has the id {max(by_id)} ({by_id[max(by_id)]!r}), but {network} chooses among {outputs} "
            f"characters, whose ids are 0 to {outputs - 1}"
        )
    of_ids = tuple(entry if entry is not None and len(entry) == 1 else None for entry in map(by_id.get, range(outputs)))
    known = [character for character in of_ids if character is not None]
    if len(known) < 2:
        raise TrainingError(f"{path} has {len(known)} single characters, and a network needs at least 2")
    twice = [character for number, character in enumerate(known) if character in known[:number]]
    if twice:
        raise TrainingError(f"{path} has the character {twice[0]!r} more than once")
    return Characters(of_ids, _note(by_id, of_ids))


def _note(by_id: dict[int, str], of_ids: tuple[str | None, ...]) -> str:
    without = [id_ for id_, character in enumerate(of_ids) if character is None]
    if not without:
        return ""
    named = [f"{id_}{f' ({shown(by_id[id_])})' if id_ in by_id else ''}" for id_ in without[:5]]
    more = f" and {len(without) - 5} more" if len(without) > 5 else ""
    ids = "the id" if len(without) == 1 else f"{len(without)} ids:"
    one = (
        "stands for no single character, so it is"
        if len(without) == 1
        else "stand for no single character, so they are"
    )
    return (
        f"{ids} {', '.join(named)}{more} {one} never read or written; the other probabilities are divided by their sum"
    )


def _by_id(content: Any, path: Path) -> dict[int, str]:
    """Return the entry of each id."""
    if type(content) is list:
        if not content:
            raise TrainingError(f"{path} is an empty list; it must have the network's characters")
        for entry in content:
            if entry is not None and type(entry) is not str:
                raise TrainingError(f"{path} has {shown(entry)} in its list, which is no character")
        return {id_: entry for id_, entry in enumerate(content) if entry is not None}
    found = _found(content)
    if isinstance(found, list):
        return _by_id(found, path)
    if not found:
        raise TrainingError(f"{path} is neither a list of characters nor an object from character to id")
    if _ids_are_keys(found):
        pairs = [(_whole(key, path), value) for key, value in found.items()]
    else:
        pairs = [(_whole(value, path), key) for key, value in found.items()]
    by_id = dict(pairs)
    if len(by_id) < len(pairs):
        ids = [id_ for id_, _ in pairs]
        again = next(id_ for number, id_ in enumerate(ids) if id_ in ids[:number])
        both = [repr(character) for id_, character in pairs if id_ == again][:2]
        raise TrainingError(f"{path} gives the id {again} to two characters, {' and '.join(both)}")
    return by_id


def _found(content: Any) -> dict[str, Any] | list[Any]:
    """Return the object, or the list, of characters and ids, wherever a tokenizer keeps it; else an empty one."""
    if type(content) is str:  # Keras's Tokenizer.to_json keeps objects as texts
        try:
            content = json.loads(content)
        except ValueError:
            return {}
    if type(content) is list:
        return content if all(one is None or type(one) is str for one in content) else {}
    if type(content) is not dict:
        return {}
    for place in PLACES:
        if place in content and type(content[place]) in (dict, list, str) and (found := _found(content[place])):
            return found
    return content if content and (_ids_are_keys(content) or all(map(_is_whole, content.values()))) else {}


def _ids_are_keys(entries: dict[str, Any]) -> bool:
    values = list(entries.values())
    return all(type(value) is str for value in values) and all(map(str.isdecimal, entries))


def _is_whole(value: Any) -> bool:
    if type(value) is str:
        return value.removeprefix("-").isdecimal()
    return type(value) is int or (type(value) is float and value.is_integer())


def _whole(value: Any, path: Path) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError):
        number = -1
    if number < 0 or type(value) is bool:
        raise TrainingError(f"{path} has the id {shown(value)}; ids are whole numbers from 0 on")
    return number


def read_text(path: Path) -> str:
    """Return a file's text; raises TrainingError, or CorpusError where it is not UTF-8."""
    if not path.is_file():
        raise TrainingError(f"there is no file {path}: give a text whose different characters are the network's")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TrainingError(f"{path} cannot be read ({one_line(error)})") from error
    if len(content) > LARGEST_FILE:
        raise TrainingError(f"{path} has more than {LARGEST_FILE // 1_000_000} MB: give a part of it")
    text, _ = from_utf8(content, str(path), 0)
    return text
