"""What the view "As bits" shows: three codes of the text, a decoder's text, and how its characters are drawn."""

import streamlit as st

from charlstm.generation.sampling import NO_FILTERS
from charlstm.model_folder.store import Model
from charlstm.playback.slow_motion import Stage
from charlstm.playback.tables import frames
from charlstm.playback.tables.choice import Choice, display_symbol, likeliest_in_words
from charlstm.ui.components.temperature_slider import reported_temperature, temperature_slider
from charlstm.ui.read import sentences
from charlstm.ui.read.bits.bits_view import bits_report, bits_view
from charlstm.ui.read.bits.state import BitsState, Origin
from charlstm.ui.read.read_view import ViewChoice
from charlstm.ui.read.state import ReadState
from charlstm.ui.shared import settings

VIEW = "bits_view"  # its key


def show_bits(state: ReadState, model: Model) -> None:
    """Show the stage; drawn anew whenever its view asks, and at each touch of a control."""
    bits, reading = state.bits, state.current
    key, start = settings.read.key("temperature"), settings.read.start("temperature")
    bits.code(reading.network, reading.vocabulary, reported_temperature(key, start), reading.text)
    _answer_view(bits)
    bits.advance()
    with st.container(key="read_slider"):
        temperature_slider(key, start)
    with st.container(key="bits_buttons", horizontal=True, gap="small"):
        _show_buttons(bits)
    with st.container(key="bits_said"):
        said = _said(bits, len(reading.text))
        st.markdown(said)
    with st.container(key="bits_heading"):
        heading, choice = _shown(bits)
        st.text(heading)
    with st.container(key="read_text"):  # the last to answer, so that no question of its cuts off the rest
        names = (sentences.ASCII, sentences.GZIP, model.manifest.title)
        bits_view(bits, names, {**sentences.BITS_VIEW, "said": said.replace("**", "")}, choice, key=VIEW)


def _show_buttons(bits: BitsState) -> None:
    """Show a button for each origin of the bits; the present one's is the main one."""
    for origin, label, explanation, press in (
        (Origin.TEXT, sentences.DECODE, sentences.DECODE_HELP, bits.decode_text),
        (Origin.FLIPPED, sentences.FLIP, sentences.FLIP_HELP, bits.flip),
        (Origin.COINS, sentences.TOSS, sentences.TOSS_HELP, bits.toss_coins),
    ):
        st.button(
            label,
            key=f"bits_{origin.value}",
            help=explanation,
            type="primary" if bits.origin is origin else "secondary",
            disabled=origin is Origin.FLIPPED and not bits.codes.text,
            on_click=press,
        )


def _answer_view(bits: BitsState) -> None:
    """Take over what the view has reported: what it has, a bit to flip, and a selected character."""
    report = bits_report(VIEW)
    bits.sent = (0, 0)
    if report is None:
        return
    if report.version == bits.version:
        bits.sent = (report.version, min(report.characters, len(bits.steps)))
    if report.bit is not None and 0 <= report.bit < len(bits.codes.bits[-1]):
        bits.flip(report.bit)
    elif report.place is not None:
        bits.place = report.place if 0 <= report.place < len(bits.steps) else None


def _said(bits: BitsState, text_length: int) -> str:
    """State what is decoded of a text of this length, and what became of it."""
    if bits.origin is Origin.COINS:
        return sentences.from_coins(bits.codes.temperature)
    count, characters = len(bits.codes.bits[-1]), len(bits.codes.text)
    if bits.origin is Origin.FLIPPED:
        return sentences.after_flip(bits.flipped + 1, count, bits.difference)
    return sentences.from_bits(count, characters, characters < text_length)


def _shown(bits: BitsState) -> tuple[str, ViewChoice]:
    """Return the heading of the chart, and its choice: that of the selected character, else of the last one."""
    vocabulary = bits.codes.vocabulary
    place = len(bits.steps) - 1 if bits.place is None else bits.place
    shown: ViewChoice = {"alphabet": frames.alphabet(vocabulary), "frames": [], "said": ""}
    if place < 0:
        return sentences.NOTHING, shown
    step = bits.steps[place]
    choice = Choice.of(step)
    about = frames.Shown(place, Stage.APPENDED, NO_FILTERS, picked=False)
    shown["frames"] = [frames.frame(choice, about, f"bits-{bits.version}", bits.codes.temperature)]
    symbol = display_symbol(vocabulary.characters[step.character_id])
    heading = sentences.drawn_by_bits(place + 1, symbol, step.u, float(step.reweighted[step.character_id]))
    shown["said"] = f"{heading} {likeliest_in_words(choice, vocabulary)}"
    return heading, shown
