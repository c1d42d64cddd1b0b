"""The state of a viewer's Train page, beside the values of its widgets."""

from dataclasses import dataclass

import streamlit as st

from charlstm.playback.user_training.user_text import UserText
from charlstm.text.decoding import Case
from charlstm.ui.train import sentences
from charlstm.ui.train.training_job import TrainingJob


@dataclass
class TrainState:
    """What the page remembers; the widgets themselves forget it while another page is shown.

    Attributes:
        source: of the text, one of `sentences.SOURCES`.
        pasted: the text in the field.
        uploaded: the content of the last file, and its title.
        encodings: that this file may be in, the likeliest first, where it is not UTF-8.
        encoding: the one of these that it is to be read in, once the viewer has said so.
        case: of the text as it is learned.
        read: the text that was read last, with the hash of what it was read from.
        text: what Start would learn, if it can be learned.
        recipe: one of `sentences.RECIPES`.
        advised: the number of epochs that was advised last.
        refusal: why a training does not begin, and the text that this is about.
        job: the last training, whether it runs or not.
        not_resumed: why a training does not go on.
        keep_asked: where on the page a network was to be kept; `kept` and `not_kept` are what has come of it.
        uploader_version: of the field that opens networks; a new one after each file is empty again.
    """

    source: str = "paste"
    pasted: str = ""
    uploaded: tuple[bytes | None, str] = (None, "")
    encodings: tuple[str, ...] = ()
    encoding: str = ""
    case: Case = "lower"
    read: tuple[int, UserText] | None = None
    text: UserText | None = None
    recipe: str = next(iter(sentences.RECIPES))
    advised: int | None = None
    refusal: tuple[str, int] = ("", 0)
    job: TrainingJob | None = None
    not_resumed: str = ""
    keep_asked: str = ""
    kept: str = ""
    not_kept: str = ""
    uploader_version: int = 0


def train_state() -> TrainState:
    """Return the state of this viewer's page."""
    return st.session_state.setdefault("train_state", TrainState())
