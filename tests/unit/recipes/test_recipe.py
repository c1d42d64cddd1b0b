"""Recipes: the book's own numbers, valid and invalid files, and which corpora a recipe can learn."""

import re
from dataclasses import replace

import pytest

from charlstm.corpora.corpus import InMemoryCorpus
from charlstm.recipes.recipe import BUILT_IN, TrainingError, check_corpus, find_recipe, recipe_names
from charlstm.text.vocabulary import Vocabulary


def test_book_recipe_has_the_numbers_of_the_book():
    """Units, window, step, batch and learning rate are those of listings 8.2 to 8.8."""
    book = find_recipe("book")
    assert (book.units, book.maxlen, book.step, book.batch_size, book.learning_rate) == ((128,), 60, 3, 128, 0.01)
    assert (book.epochs, book.when_diverging) == (59, "continue")


def test_seed_text_of_the_book_recipe_fills_a_window():
    """And the book's vocabulary has all of its characters."""
    book = find_recipe("book")
    assert len(book.sample_seed_text) >= (book.maxlen or 0)
    vocabulary = Vocabulary(tuple("\n ,abcdefghijklmnopqrstuvwxyz"))
    assert vocabulary.fold(book.sample_seed_text).text == book.sample_seed_text


@pytest.mark.parametrize("name", recipe_names())
def test_built_in_recipe_is_valid(name):
    """It can be read under its own name, and defines a network."""
    recipe = find_recipe(name)
    assert recipe.name == name
    assert recipe.architecture.tensor_shapes(57)


def test_find_recipe_lists_the_built_in_recipes():
    """In the message about a recipe that does not exist."""
    with pytest.raises(
        TrainingError,
        match=r"there is no recipe 'cake'; known: book, conv, counts, deep, small, small-conv, or the path of",
    ):
        find_recipe("cake")


def test_find_recipe_reads_a_file(tmp_path):
    """A copy of a built-in recipe's file, under another name and with another size."""
    path = tmp_path / "mine.toml"
    text = (BUILT_IN / "deep.toml").read_text()
    path.write_text(text.replace('"deep"', '"mine"').replace("[512, 512, 512]", "[64]"))
    assert find_recipe(str(path)) == replace(find_recipe("deep"), name="mine", units=(64,))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("dropout =", "drop =", "the field 'drop' is unknown"),
        ("epochs = 30\n", "", "the field epochs is missing"),
        ("dropout = 0.5", "dropout = nan", "dropout is nan; it must be a number from 0.0 to 0.95"),
        ("dropout = 0.5", "dropout = true", "dropout is True; it must be a number"),
        ("epochs = 30", "epochs = 1.5", "epochs is 1.5; it must be a whole number"),
        ('"lstm"', '"transformer"', "network is 'transformer'; it must be 'lstm' or 'gru' or 'convolutions'"),
        ('"lstm"', "3", "network is 3; it must be 'lstm' or 'gru' or 'convolutions'"),
        ("[512, 512, 512]", "[]", "the recipe's network cannot be: units must have from 1 to 64 entries"),
        ("[512, 512, 512]", "[512, -1]", "the recipe's network cannot be: units must be whole numbers from 1"),
        ("[512, 512, 512]", "512", "units is 512; it must be whole numbers, one for each layer, such as [512, 256]"),
        ("units =", "channels = 3\nunits =", "has channels, which goes only with network = 'convolutions'"),
        ("warmup_steps = 200\n", "", "has schedule = 'cosine' but no warmup_steps, which it needs"),
        ("weight_decay = 0.01\n", "", "has optimizer = 'adamw' but no weight_decay, which it needs"),
        ('examples = "stream"', 'examples = "windows"\nstep = 3', "more than the book's one layer"),
        ('name = "deep"', 'name = "deep', "is not a TOML file"),
        ('name = "deep"', "name = [1, 2]", "the recipe's name is (1, 2); it must be a text"),
        ("epochs = 30", f"epochs = 0x{'f' * 5000}", "epochs is a number of more than 40 digits; it must be a whole"),
        ("dropout = 0.5", f"dropout = [0x{'f' * 5000}]", "dropout is a value too large to show; it must be a number"),
        ("title =", "title = 3 #", "the recipe's title is 3; it must be one line of 1 to 60 characters"),
        ("title =", 'title = "" #', "the recipe's title is ''; it must be one line of 1 to 60 characters"),
        ("title =", 'title = "Two\\nlines" #', "the recipe's title is 'Two\\nlines'; it must be one line"),
        ('name = "deep"', f'name = "{"x" * 100_000}"', "is too long to be a recipe: it has more than 100,000 bytes"),
    ],
)
def test_find_recipe_names_the_file_the_field_and_the_rule(tmp_path, old, new, message):
    """In one line, where a field is missing, unknown or wrong, or does not go with the others."""
    path = tmp_path / "mine.toml"
    text = (BUILT_IN / "deep.toml").read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(TrainingError) as error:
        find_recipe(str(path))
    assert str(path) in str(error.value)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"learning_rate": "0.1"}, "has learning_rate, which does not go with network = 'counts'"),
        ({"epochs": "3"}, "has epochs, which does not go with network = 'counts'"),
        ({"patience": "3"}, "has patience, which does not go with network = 'counts'"),
        ({"units": "3"}, "has units, which goes only with network = 'lstm' or 'gru', not with 'counts'"),
        ({"order": "9"}, "order is 9; it must be a whole number from 1 to 8"),
        ({"order": "none"}, "has network = 'counts' but no order, which it needs"),
        ({"least_ngram_count": "0"}, "least_ngram_count is 0; it must be a whole number from 1"),
        ({"network": "lstm"}, "the field examples is missing"),
    ],
)
def test_counts_have_no_field_that_is_about_learning(changes, message):
    """And a few of their own, which no other network has."""
    with pytest.raises(TrainingError, match=re.escape(message)):
        find_recipe("counts").with_changes(**changes)
    with pytest.raises(TrainingError, match="has order, which goes only with network = 'counts', not with 'lstm'"):
        find_recipe("book").with_changes(order="3")


def test_counts_as_many_characters_as_their_order():
    """Which is the number of their epochs; a text needs a held-out end that is longer."""
    counts = find_recipe("counts").with_changes(order="5")
    assert (counts.last_epoch, counts.architecture.tensor_shapes(9)["ngram_5/ids"]) == (5, (0,))
    with pytest.raises(TrainingError, match="longer than an n-gram of 5, so give it at least 60"):
        check_corpus(InMemoryCorpus("short", ("ab" * 29,), ""), counts)
    check_corpus(InMemoryCorpus("short", ("ab" * 30,), ""), counts)


def test_with_changes_takes_every_field_as_a_person_types_it():
    """All fields of one recipe, typed into another, give the first."""
    conv, deep = find_recipe("conv"), find_recipe("deep")
    typed = {
        name: "none" if value is None else ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
        for name, value in vars(conv).items()
    }
    assert deep.with_changes(**typed) == conv


@pytest.mark.parametrize("typed", ["8,6", "8, 6", "[8,6]", " [ 8, 6 ] "])
def test_with_changes_takes_a_list_with_or_without_brackets(typed):
    """As in a recipe's file; what is no list is told with an example."""
    assert find_recipe("deep").with_changes(units=typed).units == (8, 6)
    with pytest.raises(TrainingError, match=r"one for each layer, such as \[512, 256\]$"):
        find_recipe("deep").with_changes(units=typed.replace("8", "eight"))


def test_title_does_not_outlive_what_it_tells_of():
    """A change of any field leaves it out; without a change, or with a title of one's own, there is one."""
    book = find_recipe("book")
    assert book.title
    assert book.with_changes().title == book.with_changes(units="128").title == book.title
    assert book.with_changes(units="64").title is None
    assert book.with_changes(learning_rate="0.02").title is None
    assert book.with_changes(units="64", title="Half the book's").title == "Half the book's"
    assert book.with_changes(title="none").title is None


def test_record_of_a_recipe_has_its_case_where_that_is_not_the_usual_one():
    """So that trainings from before there was a choice go on."""
    book = find_recipe("book")
    assert book.case == "lower"
    assert "case" not in book.as_dict()
    kept = book.with_changes(case="keep")
    assert kept.as_dict() == book.as_dict() | {"case": "keep"}
    assert kept.with_changes(case="lower").as_dict() == book.as_dict()


@pytest.mark.parametrize("case", ["upper", "none", "", "Keep"])
def test_case_is_lower_or_keep(case):
    with pytest.raises(TrainingError, match=r"case is .*; it must be 'lower' or 'keep'"):
        find_recipe("counts").with_changes(case=case)


def test_record_of_a_recipe_has_no_title():
    """A run can be gone on with under another one; model.json has it beside the recipe."""
    book = find_recipe("book")
    assert book.as_dict() == book.with_changes(title="Mine").as_dict()
    assert "title" not in book.as_dict()


def test_check_corpus_tells_what_one_of_several_texts_needs():
    """However many there are, each is too short."""
    short = InMemoryCorpus("short", ("ab" * 300,) * 5, "")
    told = (
        "has 3,000 characters; the last tenth of one of its texts must be longer than a window of 60, so give it a text"
    )
    with pytest.raises(TrainingError, match=rf"{told} of at least 610$"):
        check_corpus(short, find_recipe("book"))
    check_corpus(replace(short, texts=(*short.texts, "ab" * 305)), find_recipe("book"))


@pytest.mark.parametrize(("characters", "enough"), [(609, False), (610, True)])
def test_check_corpus_needs_a_held_out_text_longer_than_a_window(characters, enough):
    """The message has the least number of characters that is enough, and that number is."""
    corpus = InMemoryCorpus("short", (("ab" * 400)[:characters],), "")
    if enough:
        check_corpus(corpus, find_recipe("book"))
    else:
        with pytest.raises(TrainingError, match=r"has 609 characters; .* so give it at least 610$"):
            check_corpus(corpus, find_recipe("book"))
