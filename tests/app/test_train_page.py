"""The Train page's logic, without a browser and without TensorFlow: the process only pretends to train."""

import sys
import time

import pytest
from streamlit.testing.v1 import AppTest

from charlstm.model_folder import store
from charlstm.model_folder.zip_file import LARGEST_ZIP, zip_bytes
from charlstm.networks.architecture import NgramCounts
from charlstm.playback import sentences as playback_sentences
from charlstm.playback.user_training import training_process, training_slot, user_text
from charlstm.playback.user_training.training_slot import TrainingSlot
from charlstm.ui.shared import sentences as shared_sentences
from charlstm.ui.shared import user_models as own
from charlstm.ui.train import sentences as train_sentences
from charlstm.ui.train import training_job

PATIENCE = 30  # seconds
COMMAND = training_process.TrainingRequest.command
PROSE = "".join(f"chapter {number}: {'owl' * (number % 7)} and pussy-cat went to sea.\n" for number in range(99))
STAYS = """
import json, os, sys
print(json.dumps({"epoch": 0, "finished": True}))
print(json.dumps({"epoch": 1, "done": 3, "total": 4, "lately": 2.5}), flush=True)
sys.exit(130 if os.read(0, 1) else 3)
"""


def train_script():
    from charlstm.ui.train import page as train

    train.page()


@pytest.fixture
def open_page(model_folder, monkeypatch, tmp_path):
    """Open the page on a server without a training; its trainings put the small model into their folders."""
    monkeypatch.setenv("CHARLSTM_MODELS", str(model_folder.parent))
    monkeypatch.setenv("CHARLSTM_CORPORA", str(tmp_path / "none"))
    fresh = TrainingSlot()
    for module in (training_slot, training_job, "charlstm.ui.train.training_progress", "charlstm.ui.train.page"):
        target = f"{module}.TRAINING_SLOT" if isinstance(module, str) else f"{module.__name__}.TRAINING_SLOT"
        monkeypatch.setattr(target, fresh)
    copies = f"import shutil, sys; shutil.copytree({str(model_folder)!r}, sys.argv[1], dirs_exist_ok=True)\n{STAYS}"

    def pretend(request):
        return [sys.executable, "-c", copies, str(request.folder)]

    monkeypatch.setattr(training_process.TrainingRequest, "command", pretend)

    def open_(recipe="small"):
        app = AppTest.from_function(train_script, default_timeout=60).run()
        return app.radio(key="train_recipe").set_value(recipe).run()

    yield open_
    if fresh.current:
        fresh.current.stop()
        assert fresh.current is None or fresh.current.wait(PATIENCE)


def errors(app):
    return [error.value.replace("\\", "") for error in app.error]


def until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def pasted(app, text=PROSE):
    return app.text_area(key="train_paste").set_value(text).run()


def started(app):
    pasted(app)
    app.button(key="train_start").click().run()
    until(lambda: app.session_state.train_state.job.process.points)
    return app.run()


def stopped(app):
    app.button(key="train_stop").click().run()
    assert app.session_state.train_state.job.process.wait(PATIENCE)
    return app.run()


def test_start_without_a_text_gives_one_sentence(open_page):
    """It is ready at any time, and the sentence goes when there is a text."""
    app = open_page()
    assert not app.exception
    app.button(key="train_start").click().run()
    assert errors(app) == [train_sentences.NO_TEXT]
    assert "train_stop" not in [button.key for button in app.button]
    app = pasted(app, "too short")
    app.button(key="train_start").click().run()
    short = playback_sentences.text_too_short(train_sentences.PASTED, 9, user_text.SHORTEST_TEXT)
    assert errors(app) == [short]
    assert errors(pasted(app)) == []


def test_start_learns_the_text_that_was_typed_in_the_moment_before(open_page):
    """Both come in one message, and it is learned as often as is advised for it."""
    app = open_page()
    app.text_area(key="train_paste").set_value(PROSE)
    app.button(key="train_start").click().run()
    assert not app.exception
    assert app.session_state.train_state.job.process.epochs == training_job.MOST_EPOCHS
    stopped(app)


def test_counts_are_the_first_choice(open_page):
    """With the longest n-grams instead of epochs, which no text changes."""
    app = open_page("counts")
    radio = app.radio(key="train_recipe")
    assert radio.options[0] == train_sentences.RECIPES["counts"]
    assert AppTest.from_function(train_script, default_timeout=60).run().radio(key="train_recipe").value == "counts"
    assert [(field.label, field.value) for field in app.number_input] == [(train_sentences.ORDER, 8)]
    app.number_input(key="train_order").set_value(3).run()
    pasted(app)
    app.button(key="train_start").click().run()
    assert app.session_state.train_state.job.request.epochs == app.number_input(key="train_order").value == 3
    stopped(app)


def test_text_is_counted_while_one_looks_on(open_page, monkeypatch):
    """For real: what was counted predicts, its samples are those of the best counts, and it is kept for all pages."""
    monkeypatch.setattr(training_process.TrainingRequest, "command", COMMAND)
    app = pasted(open_page("counts"))
    app.button(key="train_start").click().run()
    assert app.session_state.train_state.job.process.wait(PATIENCE)
    app.run()
    assert not app.exception
    model = app.session_state.train_state.job.model()
    assert isinstance(model.manifest.architecture, NgramCounts)
    best = model.manifest.best_epoch
    assert [one.value for one in app.success] == [train_sentences.counted(best, model.manifest.held_out_loss)]
    assert train_sentences.SAMPLES_OF_COUNTS.format(epoch=best) in [one.value for one in app.header]
    assert "train_go_on" not in [button.key for button in app.button]
    app.button(key="train_use").click().run()
    assert app.session_state.network_to_choose == "pasted"
    assert shared_sentences.kept("pasted") in [message.value for message in app.success]


def test_epochs_that_were_set_stay_set_with_another_text(open_page):
    """Only the advised number follows the text."""
    app = open_page()
    app.number_input[0].set_value(7).run()
    assert pasted(app).number_input[0].value == 7


def test_page_describes_a_pasted_text(open_page):
    """Its length, and the advised epochs: more for a short text than for a long one."""
    app = pasted(open_page())
    assert train_sentences.text_read(len(PROSE), len(set(PROSE)), {}) in [text.value for text in app.text]
    assert not app.button(key="train_start").disabled
    assert training_job.epochs_for("small", len(PROSE)) == app.number_input[0].value == training_job.MOST_EPOCHS
    assert training_job.epochs_for("small", 600_893) == 10
    assert training_job.epochs_for("small", user_text.LARGEST_TEXT) == training_job.FEWEST_EPOCHS


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it[1].txt is empty"),
        (bytes(5000), "it[1].txt is not a text"),
        (b"abc\xff" * 999, "it[1].txt is not UTF-8"),
        (b"ab" * 5000, "it[1].txt has only 2 different characters"),
        (b"word " * (user_text.LARGEST_TEXT // 5 + 1), "it[1].txt has 2.0 MB"),
    ],
)
def test_bad_upload_gives_one_sentence(open_page, content, reason):
    """The field takes another file afterwards."""
    app = open_page()
    app.segmented_control(key="train_source").set_value("upload").run()
    app.file_uploader(key="train_upload").upload("it[1].txt", content, "text/plain").run()
    assert not app.exception
    assert len(app.error) == 1
    assert errors(app)[0].startswith(reason)
    app.button(key="train_start").click().run()
    assert len(app.error) == 1
    assert app.session_state.train_state.job is None
    app.file_uploader(key="train_upload").upload("it.txt", PROSE.encode(), "text/plain").run()
    assert errors(app) == []
    assert not app.button(key="train_start").disabled


def test_bad_paste_gives_one_sentence(open_page):
    """As a file would."""
    app = pasted(open_page(), "ab" * 3000)
    assert errors(app) == [playback_sentences.too_few_characters(train_sentences.PASTED, 2)]


def shown(app):
    return [text.value for text in app.text]


def uploaded(app, content, name="it.txt"):
    app.segmented_control(key="train_source").set_value("upload").run()
    app.file_uploader(key="train_upload").upload(name, content, "text/plain").run()
    assert not app.exception
    return app


def test_capitals_are_lowered_or_kept_and_counted(open_page):
    """The choice is there where there are capitals, says what it does, and the training learns what was chosen."""
    app = pasted(open_page())
    assert [one.key for one in app.segmented_control] == ["train_source"]
    capitals, small = PROSE.replace("owl", "Owl").replace("sea", "SEA"), len(set(PROSE))
    pasted(app, capitals)
    changed = sum(character.isupper() for character in capitals)
    assert train_sentences.capitals(changed, 4, kept=False) in shown(app)
    assert train_sentences.text_read(len(capitals), small, {}) in shown(app)
    app.segmented_control(key="train_case").set_value("keep").run()
    assert train_sentences.capitals(changed, 4, kept=True) in shown(app)
    assert train_sentences.text_read(len(capitals), small + 4, {}) in shown(app)
    app.button(key="train_start").click().run()
    request = app.session_state.train_state.job.request
    assert request.text.read_text(encoding="utf-8") == capitals
    assert "--case=keep" in COMMAND(request)
    stopped(app)
    assert app.segmented_control(key="train_case").value == "keep"
    app.segmented_control(key="train_case").set_value("lower").run()
    app.button(key="train_start").click().run()
    request = app.session_state.train_state.job.request
    assert request.text.read_text(encoding="utf-8") == capitals.lower()
    assert not any(part.startswith("--case") for part in COMMAND(request))
    stopped(app)


def test_network_with_capitals_is_counted(open_page, monkeypatch):
    """For real: its vocabulary is that of the text, and its samples have capitals."""
    monkeypatch.setattr(training_process.TrainingRequest, "command", COMMAND)
    app = pasted(open_page("counts"), PROSE.replace("owl", "Owl"))
    app.segmented_control(key="train_case").set_value("keep").run()
    app.button(key="train_start").click().run()
    assert app.session_state.train_state.job.process.wait(PATIENCE)
    model = app.run().session_state.train_state.job.model()
    assert "O" in model.vocabulary.characters
    assert any("Owl" in sample.text for sample in model.samples)


@pytest.mark.parametrize(
    ("encoding", "likely"), [("cp1252", "cp1252"), ("utf-16", "utf-16"), ("utf-16-be", "utf-16-be")]
)
def test_file_in_another_encoding_is_converted_when_asked(open_page, encoding, likely):
    """It is offered in the likeliest encoding with a preview; before the button is pressed it cannot be learned."""
    text = PROSE + "Ein Müller saß am Flußufer, grüßte höflich und hörte die Kühe über die Wiesen gehen.\n" * 9
    app = uploaded(open_page(), text.encode(encoding))
    assert errors(app) == []
    field = app.selectbox[0]
    assert (field.label, field.value) == (train_sentences.ENCODING, likely)
    assert train_sentences.not_utf8("it.txt") in shown(app)
    assert any("Ein Müller saß am Flußufer" in one for one in shown(app))
    app.button(key="train_start").click().run()
    assert errors(app) == [train_sentences.NOT_CONVERTED]
    assert "train_stop" not in [button.key for button in app.button]
    app.button(key="train_convert").click().run()
    assert errors(app) == []
    assert len(app.selectbox) == 0
    assert train_sentences.converted("it.txt", likely) in shown(app)
    app.button(key="train_start").click().run()
    assert app.session_state.train_state.job.request.text.read_text(encoding="utf-8") == text.lower()
    stopped(app)
    uploaded(app, PROSE.encode())
    assert len(app.selectbox) == 0
    assert train_sentences.text_read(len(PROSE), len(set(PROSE)), {}) in shown(app)


def test_other_encodings_show_what_they_would_read(open_page):
    """The preview follows the choice, and converting by it; another choice may follow."""
    content = (PROSE + "Он сказал, что придёт завтра вечером.\n" * 20).encode("koi8-r")
    app = uploaded(open_page(), content)
    field = app.selectbox[0]
    assert field.value == "koi8-r"
    assert train_sentences.encoding("cp1251") in field.options
    assert any("Он сказал" in one for one in shown(app))
    field.set_value("cp1251").run()
    preview = content.decode("cp1251")[len(PROSE) :].split("\n")[0]
    assert any(preview in one for one in shown(app))
    app.button(key="train_convert").click().run()
    assert preview.lower() in app.session_state.train_state.text.content
    app.button(key="train_convert_otherwise").click().run()
    assert train_sentences.not_utf8("it.txt") in shown(app)
    app.selectbox[0].set_value("koi8-r").run()
    app.button(key="train_convert").click().run()
    assert "он сказал" in app.session_state.train_state.text.content
    app.segmented_control(key="train_source").set_value("paste").run()
    app.segmented_control(key="train_source").set_value("upload").run()
    assert "он сказал" in app.session_state.train_state.text.content


def test_training_is_shown_stopped_and_kept(open_page, model_folder):
    """Its progress, its samples, the network for all pages under a name of its own, and in none but this session."""
    app = started(open_page())
    assert app.button(key="train_start").disabled
    assert (
        train_sentences.learning(1, training_job.MOST_EPOCHS, 3, 4, 2.5, None).split(";")[0]
        in app.get("progress")[0].proto.text
    )
    stopped(app)
    assert train_sentences.LATEST_SAMPLES.format(epoch=2) in [header.value for header in app.header]
    assert app.success[0].value.startswith(train_sentences.ended("asked", 2, "", ""))
    app.button(key="train_use").click().run()
    assert app.session_state.network_to_choose == "small-2"
    assert shared_sentences.kept("small-2") in [message.value for message in app.success]
    kept = app.session_state.user_models.models[0]
    assert kept.manifest == store.open_model(model_folder).manifest
    assert "user_models" not in open_page().session_state


def test_training_resumes_in_the_same_folder(open_page):
    """After a stop."""
    app = stopped(started(open_page()))
    folder = app.session_state.train_state.job.request.folder
    app.button(key="train_go_on").click().run()
    assert not app.exception
    assert app.session_state.train_state.job.process.running
    assert app.session_state.train_state.job.request.folder == folder
    stopped(app)
    pasted(app, PROSE + PROSE[:9])
    app.button(key="train_start").click().run()
    assert not folder.exists()  # another training replaces it


def test_training_of_another_viewer_is_shown_and_cannot_be_stopped(open_page):
    """With the time that it may take; no other can be started."""
    theirs = started(open_page()).session_state.train_state.job.process
    app = pasted(open_page())
    assert app.info[0].value.startswith("Someone else is training a network on this server")
    assert "in epoch 1 of 200" in app.info[0].value
    assert "30 minutes at most" in app.info[0].value
    assert app.button(key="train_start").disabled
    assert "train_stop" not in [button.key for button in app.button]
    theirs.stop()
    assert theirs.wait(PATIENCE)
    app.run()
    assert not app.info
    assert not app.button(key="train_start").disabled


def test_start_a_moment_too_late_gives_one_sentence(open_page):
    """Where two viewers press at once."""
    first, second = pasted(open_page()), pasted(open_page())
    first.button(key="train_start").click().run()
    second.button(key="train_start").click().run()
    assert train_sentences.TRAINING_TAKEN in errors(second)
    assert not second.exception


@pytest.mark.parametrize(("ending", "reason"), [("memory", "900 MB"), ("time", "30 minutes"), ("failed", "failed: so")])
def test_page_states_why_a_training_ended(open_page, ending, reason):
    """And what of it is finished."""
    app = stopped(started(open_page()))
    app.session_state.train_state.job.process.ending = ending
    app.session_state.train_state.job.process.error = "so"
    app.run()
    message = [*errors(app), *(message.value for message in app.success)][0]
    assert reason in message
    assert "2 epochs are finished" in message
    assert app.button(key="train_use")


def test_failure_before_the_first_epoch_gives_one_sentence(open_page, monkeypatch):
    """There is nothing to keep."""
    monkeypatch.setattr(
        training_process.TrainingRequest,
        "command",
        lambda request: [sys.executable, "-c", "import sys; sys.exit('why')"],
    )
    app = pasted(open_page())
    app.button(key="train_start").click().run()
    assert app.session_state.train_state.job.process.wait(PATIENCE)
    app.run()
    assert errors(app) == [train_sentences.ended("failed", None, "", "why")]
    assert "train_use" not in [button.key for button in app.button]


def test_zip_of_a_model_is_opened_and_removed(open_page, model_folder):
    """It is chosen on all pages under a name that is not taken."""
    app = open_page()
    content = zip_bytes(store.open_model(model_folder))
    app.file_uploader(key="own-0").upload("any.zip", content, "application/zip").run()
    assert not app.exception
    assert app.session_state.network_to_choose == "small-2"
    folder = app.session_state.user_models.models[0].folder
    assert folder.is_dir()
    app.button(key="own_forget-small-2").click().run()
    assert not app.exception
    assert not folder.exists()
    assert "network_to_choose" not in app.session_state


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not a zip"),
        (b"PK\x03\x04 hello", "not a zip|damaged|missing"),
        (bytes(LARGEST_ZIP + 1), "the most"),
    ],
)
def test_bad_zip_gives_one_sentence(open_page, content, reason):
    """And leaves no files."""
    app = open_page()
    app.file_uploader(key="own-0").upload("any.zip", content, "application/zip").run()
    assert not app.exception
    assert len(app.error) == 1
    assert any(part in errors(app)[0] for part in reason.split("|"))
    assert app.session_state.user_models.models == []
    assert not [path for path in app.session_state.user_models.folder.rglob("*") if path.is_file()]


def test_networks_of_a_viewer_are_bounded(open_page, model_folder, monkeypatch):
    """In number, and the bytes of all viewers' together; one sentence, and nothing is lost."""
    content = zip_bytes(store.open_model(model_folder))
    app = open_page()
    for version in range(own.MOST_MODELS + 1):
        app.file_uploader(key=f"own-{version}").upload("any.zip", content, "application/zip").run()
    assert errors(app) == [train_sentences.cannot_open_network(shared_sentences.too_many_of_your_own(own.MOST_MODELS))]
    assert len(app.session_state.user_models.models) == own.MOST_MODELS
    monkeypatch.setattr(own, "MOST_BYTES", 10)
    other = open_page()
    other.file_uploader(key="own-0").upload("any.zip", content, "application/zip").run()
    assert errors(other) == [train_sentences.cannot_open_network(shared_sentences.server_is_full(1))]


def test_user_models_are_removed_with_their_session():
    """No file of a viewer stays on the disk."""
    mine = own.UserModels()
    (mine.new_folder() / "text.txt").write_text("mine")
    folder = mine.folder
    assert mine.size() == 4
    del mine
    assert not folder.exists()


def test_user_models_are_removed_some_minutes_after_their_viewer_has_left():
    """Not in a short absence; but also where something keeps the session."""
    connected = [True]
    mine = own.UserModels(lambda: connected[0])
    began = time.monotonic()
    mine.check_connection(began)
    connected[0] = False
    mine.check_connection(began + own.LONGEST_ABSENCE - 1)
    connected[0] = True
    mine.check_connection(began + own.LONGEST_ABSENCE + 1)
    connected[0] = False
    mine.check_connection(began + 2 * own.LONGEST_ABSENCE)
    assert mine.folder.exists()
    mine.check_connection(began + 2 * own.LONGEST_ABSENCE + 2)
    assert not mine.folder.exists()
    assert mine.models == []


def test_page_without_tensorflow_says_so_and_opens_networks(open_page, model_folder, monkeypatch):
    """In one sentence; a network from elsewhere does not need it."""
    monkeypatch.setattr("charlstm.ui.train.page.can_train", lambda: False)
    app = open_page("counts")
    assert app.radio(key="train_recipe").options == [train_sentences.RECIPES["counts"]]
    assert not app.button(key="train_start").disabled
    assert [info.value for info in app.info] == [train_sentences.NO_TENSORFLOW]
    app.file_uploader(key="own-0").upload("a.zip", zip_bytes(store.open_model(model_folder)), "application/zip").run()
    assert app.session_state.network_to_choose == "small-2"


def test_own_networks_are_listed_by_title_and_name(open_page, model_folder):
    """And the page has one title, its headings in order."""
    app = open_page()
    model = store.open_model(model_folder)
    app.file_uploader(key="own-0").upload("any.zip", zip_bytes(model), "application/zip").run()
    listed = train_sentences.own_network(model.manifest.title, "small-2", model.manifest.held_out_loss)
    assert listed.startswith(f"{model.manifest.title} (small-2)")
    assert listed in [text.value for text in app.text]
    assert [title.value for title in app.title] == [train_sentences.TITLE]
    assert not any(element.value.startswith("###") for element in app.markdown)


def test_time_left_is_a_sentence():
    """Before the first epoch is finished, it says when it will be known."""
    assert train_sentences.learning(2, 9, 3, 4, 2.5, 170.0).endswith("; about 3 minutes left")
    assert train_sentences.learning(1, 9, 3, 4, 2.5, None).endswith(train_sentences.LEFT_UNKNOWN)
