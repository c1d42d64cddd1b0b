"""The command `corpus`."""

from charlstm.corpora import named
from charlstm.recipes.recipe import BUILT_IN
from tests.unit.cli.one_sentence import assert_one_sentence


def test_corpus_lists_the_named_corpora(run, monkeypatch, tmp_path):
    """Each with its size and whether it is on this machine."""
    monkeypatch.setenv("CHARLSTM_CORPORA", str(tmp_path / "none"))
    code, output, errors = run("corpus")
    assert (code, errors) == (0, "")
    assert "nietzsche\n" in output
    assert "600,901 bytes; not on this machine yet" in output


def test_corpus_fetches_a_named_corpus(run, monkeypatch, tmp_path):
    """And prints the path of its text."""
    monkeypatch.setattr(named, "fetch", lambda name: tmp_path / f"{name}.txt")
    assert run("corpus", "nietzsche") == (0, f"{tmp_path / 'nietzsche.txt'}\n", "")


def test_corpus_tells_how_letters_with_marks_are_spelled(run, tmp_path):
    """Composed where the network knows the composed letter; a byte order mark inside the text is left out."""
    path = tmp_path / "text.txt"
    path.write_text("é" * 30 + "\ufeff" + "e\u0301o\u0301", encoding="utf-8")
    code, output, errors = run("corpus", path, "--recipe", "deep")
    assert (code, errors) == (0, "")
    lines = output.splitlines()
    begin = lines.index("1 characters make the vocabulary, counted in the whole text: é")
    assert lines[begin + 1 : begin + 3] == [
        "folded: 1 character of 1 kind: e◌\u0301 → é 1",
        "left out: 3 characters of 3 kinds: o 1; ◌\u0301 1; U+FEFF 1",
    ]


def test_corpus_describes_a_text_by_a_recipe(run, tmp_path):
    """The split, the vocabulary, the folded characters and the dropped ones."""
    path = tmp_path / "text.txt"
    path.write_text("“so” — he\u00a0said…\n한글 한 " * 10, encoding="utf-8")
    code, output, errors = run("corpus", path, "--recipe", "deep")
    assert (code, errors) == (0, "")
    first, *rest = output.splitlines()
    assert first.startswith("text.txt: 210 characters, held in memory; sha256 ")
    assert rest == [
        "189 characters are learned, 21 are held out",
        "by the recipe deep, with the folding 'plain' and a least count of 20:",
        '6 characters make the vocabulary, counted in the whole text: a space . " - s 한',
        'folded: 50 characters of 5 kinds: U+00A0 → a space 10; — → -- 10; “ → " 10; ” → " 10; … → ... 10',
        "left out: 80 characters of 8 kinds: a line end 10; a 10; d 10; e 10; h 10; i 10; o 10; 글 10",
        "it cannot be learned by the recipe deep: the corpus text.txt has 210 characters; "
        "its last tenth must be longer than a window of 100, so give it at least 1,010",
    ]


def test_corpus_tells_which_files_of_a_folder_are_read(run, tmp_path):
    """And which are not: in folders, with other endings, hidden; of a folder without texts, too."""
    folder = tmp_path / "texts"
    (folder / "more.txt").mkdir(parents=True)
    for name in ("b.TXT", "a.txt", "notes.md", ".hidden.txt", "more.txt/c.txt"):
        (folder / name).write_text("one two three " * 60)
    code, output, errors = run("corpus", folder)
    assert (code, errors) == (0, "")
    assert output.splitlines()[2:4] == [
        "read: 2 files (a.txt, b.TXT)",
        "not read: 1 folder with all in it (more.txt); 1 file other than .txt (notes.md); 1 hidden (.hidden.txt)",
    ]
    assert "cannot be learned" not in output
    (folder / "a.txt").unlink()
    (folder / "b.TXT").rename(folder / "b")
    told = (
        "has no .txt files (not read: 1 folder with all in it (more.txt); 2 files other than .txt (b, notes.md); 1 hid"
    )
    assert_one_sentence(run("corpus", folder), told)


def test_corpus_tells_what_lower_case_changes(run, tmp_path):
    """And nothing where capitals are kept, or where there are none."""
    path = tmp_path / "text.txt"
    path.write_text("Aus dem Haus, Aus! " * 9)
    told = "27 capitals are lowered, 1 different character fewer; --case keep keeps them"
    (tmp_path / "mine.toml").write_text((BUILT_IN / "book.toml").read_text() + 'case = "keep"\n')
    for arguments, lowered, characters in (
        ((), True, 10),
        (("--case", "keep"), False, 11),
        (("--recipe", tmp_path / "mine.toml"), False, 11),
        (("--recipe", tmp_path / "mine.toml", "--case", "lower"), True, 10),
    ):
        code, output, errors = run("corpus", path, *arguments)
        assert (code, errors) == (0, "")
        assert (told in output.splitlines()) == lowered
        assert ("lowered" in output) == lowered
        assert f"{characters} characters make the vocabulary" in output
    path.write_text("aus dem haus, aus! " * 9)
    assert "lowered" not in run("corpus", path)[1]
    assert_one_sentence(run("corpus", path, "--case", "up"), "the recipe's case is 'up'; it must be 'lower' or 'keep'")


def test_corpus_reads_the_encoding_that_it_is_told(run, tmp_path):
    """As a refusal advises."""
    path = tmp_path / "text.txt"
    path.write_bytes("Schöne Grüße aus Köln. ".encode("cp1252") * 9)
    assert_one_sentence(run("corpus", path), "it may be cp1252: try --encoding cp1252")
    code, output, errors = run("corpus", path, "--encoding", "cp1252")
    assert (code, errors) == (0, "")
    assert output.startswith("text.txt: 207 characters, held in memory; sha256 ")
    assert set("öüß") < set(output)
    assert_one_sentence(run("corpus", path, "--encoding", "klingon"), "there is no encoding 'klingon'")
