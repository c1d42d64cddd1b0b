"""Replay, branches, Undo and slow motion on the Write page: what a press changes in the session."""

import pytest

from charlstm.generation.filters import Filters
from charlstm.playback.slow_motion import Stage
from charlstm.ui.write import sentences as write_sentences


def player(app):
    return app.session_state["write_state"].player


def focus(app):
    return app.session_state["write_state"].focus


def texts(app):
    return [element.value for element in app.text]


@pytest.fixture
def written(open_app):
    """The page with five characters, the last two drawn with a filter."""
    app = open_app()
    for _ in range(3):
        app.button(key="step").click().run()
    app.slider(key="top_k").set_value(2).run()
    for _ in range(2):
        app.button(key="step").click().run()
    return app


def scrub_to(app, position):
    """Move the focus to a past position, as the scrubber does."""
    focus(app).move_to(position)
    return app.run()


def test_each_step_shows_its_own_settings(written):
    """Temperature, filters and epoch of that step, though they have changed since."""
    for position, in_force in enumerate(
        ["at temperature 0.5, epoch 2"] * 3 + ["at temperature 0.5, top-k 2, epoch 2"] * 2
    ):
        app = scrub_to(written, position)
        assert any(text.startswith(f"Character {position + 1}: ") and text.endswith(in_force) for text in texts(app))


def test_run_branches_at_the_step_that_is_shown(written):
    """Both are on the page: the original as it was, and the branch, which is continued from there."""
    before = list(player(written).steps)
    app = scrub_to(written, 2)
    app.button(key="branch").click().run()
    branch = player(app)
    assert branch.running
    assert branch.steps[:2] == before[:2]
    assert branch.steps[2].filters == Filters(top_k=2)
    assert branch.original.position == 2
    assert list(branch.original.rows[0]) == before[2:]


def test_branch_is_offered_for_a_past_step_only(written):
    """Not for the next one, nor while writing."""
    assert "branch" not in [button.key for button in written.button]
    app = scrub_to(written, 1)
    assert "branch" in [button.key for button in app.button]
    app.button(key="continue").click().run()
    assert "branch" not in [button.key for button in app.button]


def test_generate_restarts_a_branch(written):
    """From where it diverges, not from the seed text; the original stays."""
    app = scrub_to(written, 2)
    app.button(key="branch").click().run()
    app.button(key="stop").click().run()
    original, shared = player(app).original, player(app).steps[:2]
    app.button(key="generate").click().run()
    assert player(app).original == original
    assert player(app).steps[:2] == shared


@pytest.mark.parametrize("changed", ["seed_text", "random_seed"])
def test_generate_begins_anew_where_the_seed_is_another(written, changed):
    """Though a branch is on the page: the text is that of the seed text and the random seed in the fields."""
    seed_text = player(written).seed_text
    app = scrub_to(written, 2)
    app.button(key="branch").click().run()
    app.button(key="stop").click().run()
    if changed == "seed_text":
        app.text_area(key="seed_text").set_value("ba ").run()
    else:
        app.number_input(key="random_seed").set_value(7).run()
    app.button(key="generate").click().run()
    assert player(app).original is None
    expected = {"seed_text": ("ba ", (1,)), "random_seed": (seed_text, (7,))}
    assert (player(app).seed_text, player(app).random_seeds) == expected[changed]


def test_undo_brings_back_what_was_written(written):
    """A branch, a Clear, a Generate: each can be undone, and redone."""
    generated = [player(written).texts[0]]
    app = scrub_to(written, 2)
    for press in ("branch", "clear"):
        app.button(key=press).click().run()
        if player(app).running:
            app.button(key="stop").click().run()
        generated.append(player(app).texts[0])
    assert generated[-1] == ""
    for text in reversed(generated[:-1]):
        app.button(key="undo").click().run()
        assert player(app).texts[0] == text
    assert app.button(key="undo").disabled
    for text in generated[1:]:
        app.button(key="redo").click().run()
        assert player(app).texts[0] == text


def test_undone_text_can_be_continued(written):
    """It is as it was, and so are its uniform draws."""
    text = player(written).texts[0]
    app = written.button(key="clear").click().run()
    app = app.button(key="undo").click().run()
    app.button(key="step").click().run()
    assert player(app).texts[0][:-1] == text
    assert player(app).steps[-1].position == 5


def test_slow_motion_writes_one_character_in_four_presses(open_app):
    """The first press shows the text so far; the character is the one that Step would write."""
    app = open_app()
    app.button(key="step").click().run()
    expected = player(app).texts[0]
    app.button(key="clear").click().run()
    for stage in (Stage.TEXT, Stage.RAW, Stage.REWEIGHTED, Stage.DRAW):
        app.button(key="slow_motion").click().run()
        assert focus(app).stage is stage
        assert player(app).steps == []
    app.button(key="slow_motion").click().run()
    assert focus(app).stage is Stage.APPENDED
    assert player(app).texts[0] == expected
    assert any(text.startswith("Stage 4 of 4: ") for text in texts(app))
    app.button(key="slow_motion").click().run()
    assert focus(app).stage is Stage.RAW


@pytest.mark.parametrize("press", ["step", "generate", "undo"])
def test_any_other_press_leaves_slow_motion(written, press):
    """The chart is whole again."""
    app = written.button(key="clear").click().run()
    app.button(key="slow_motion").click().run()
    app.button(key=press).click().run()
    assert focus(app).stage is None


def test_changed_setting_shows_a_past_choice_with_it(written):
    """The same uniform draw, and what it would have chosen; at another step, the choice is as it was."""
    app = scrub_to(written, 0)
    app.slider(key="top_k").set_value(1).run()
    assert focus(app).what_if
    assert any(text.startswith("What if? Character 1 at temperature 0.5, top-k 1") for text in texts(app))
    app = scrub_to(app, 1)
    assert not focus(app).what_if


def test_changed_setting_shows_what_slow_motion_has_just_appended_with_it(open_app):
    """As it does a selected character; the next press goes on to the next one."""
    app = open_app()
    for _ in range(5):
        app.button(key="slow_motion").click().run()
    app.slider(key="top_k").set_value(1).run()
    assert focus(app).stage is Stage.APPENDED
    assert any(text.startswith("What if? Character 1 at temperature 0.5, top-k 1") for text in texts(app))
    assert len(player(app).steps) == 1
    app.button(key="slow_motion").click().run()
    assert any(text.startswith("Stage 1 of 4: ") for text in texts(app))


def test_words_of_the_replay_are_on_the_page(written):
    """The button of a branch has its explanation."""
    app = scrub_to(written, 0)
    assert app.button(key="branch").help == write_sentences.BRANCH_HELP
