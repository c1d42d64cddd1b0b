"""What the view "As bits" shows: three codes of the text, a decoder's text, and how its characters are drawn."""

from dataclasses import replace

import streamlit as st

from charlstm.evaluation.reading import Reading
from charlstm.generation.filters import NO_FILTERS
from charlstm.model_folder.store import Model
from charlstm.playback.slow_motion import Stage
from charlstm.playback.tables import frames
from charlstm.playback.tables.choice import Choice, display_symbol, likeliest_in_words
from charlstm.ui.components.temperature_slider import reported_temperature, temperature_slider
from charlstm.ui.read import sentences
from charlstm.ui.read.address import show_address
from charlstm.ui.read.bits import sentences as bits_sentences
from charlstm.ui.read.bits.bits_view import bits_report, bits_view
from charlstm.ui.read.bits.state import BitsState, Origin
from charlstm.ui.read.read_view import ViewChoice
from charlstm.ui.read.state import ReadState, show_field
from charlstm.ui.shared import settings

VIEW = "bits_view"  # its key


def show_bits(state: ReadState, model: Model) -> None:
    """Show the stage; drawn anew whenever its view asks, and at each touch of a control."""
    bits, reading = state.bits, state.current
    key, start = settings.read.key("temperature"), settings.read.start("temperature")
    temperature = reported_temperature(key, start)
    bits.code(reading.network, reading.vocabulary, temperature, reading.text)
    _answer_view(bits)
    bits.advance()
    with st.container(key="read_slider"):
        temperature_slider(key, start)
    with st.container(key="bits_buttons", horizontal=True, gap="small"):
        _show_buttons(bits)
    with st.container(key="bits_said"):
        said = _said(bits, reading)
        st.markdown(said)
    with st.container(key="bits_heading"):
        heading, choice, last = _shown(bits)
        st.text(heading)
    show_address(model, temperature)
    with st.container(key="read_text"):  # the last to answer, so that no question of its cuts off the rest
        plain = sentences.ASCII if bits.codes.text.isascii() else sentences.UTF8
        names = (plain, sentences.GZIP, bits_sentences.COINS if bits.origin is Origin.COINS else model.manifest.title)
        bits_view(bits, names, {**bits_sentences.BITS_VIEW, "said": said.replace("**", "")}, choice, last, key=VIEW)


def _show_buttons(bits: BitsState) -> None:
    """Show a button for each origin of the bits; the present one's is the main one."""
    has_bits = len(bits.codes.bits[-1]) > 0
    for origin, label, explanation, press in (
        (Origin.TEXT, bits_sentences.DECODE, bits_sentences.DECODE_HELP, bits.decode_text),
        (
            Origin.FLIPPED,
            bits_sentences.FLIP,
            bits_sentences.FLIP_HELP if has_bits else bits_sentences.NO_BITS,
            bits.flip,
        ),
        (Origin.COINS, bits_sentences.TOSS, bits_sentences.TOSS_HELP, bits.toss_coins),
    ):
        st.button(
            label,
            key=f"bits_{origin.value}",
            help=explanation,
            type="primary" if bits.origin is origin else "secondary",
            disabled=origin is Origin.FLIPPED and not has_bits,
            on_click=press,
        )
    st.button(bits_sentences.TYPE, key="bits_type", help=bits_sentences.TYPE_HELP, type="tertiary", on_click=show_field)


def _answer_view(bits: BitsState) -> None:
    """Take over what the view has reported: what it has, a bit to flip, and a selected character."""
    report = bits_report(VIEW)
    bits.sent = (0, 0)
    if report is None:
        return
    if report.version == bits.version:
        bits.sent = (report.version, min(report.characters, len(bits.decoded)))
    if report.bit is not None and 0 <= report.bit < len(bits.codes.bits[-1]):
        bits.flip(report.bit)
    elif report.place is not None:
        bits.select(report.place)


def _said(bits: BitsState, reading: Reading) -> str:
    """State what is decoded of a text that was read, and what became of it."""
    codes, cut = bits.codes, len(bits.codes.text) < len(reading.text)
    written = len(bits.decoded) if bits.used_up else None
    if bits.origin is Origin.COINS:
        return bits_sentences.from_coins(len(bits.bits), codes.temperature, written)
    if bits.origin is Origin.FLIPPED:
        only = len(codes.text) if cut else None
        return bits_sentences.after_flip(bits.flipped + 1, len(bits.bits), bits.difference, bits.goes_on, written, only)
    if not codes.text:
        return sentences.NOTHING_KNOWN if reading.dropped else sentences.NOTHING
    return bits_sentences.from_bits(len(bits.bits), len(codes.text), cut, codes.temperature)


def _shown(bits: BitsState) -> tuple[str, ViewChoice, tuple[int, int] | None]:
    """Return the heading of the chart, its choice, and from which bit to which one the decoder had read last for it.

    The choice is that of the selected character, else of the last one.
    """
    vocabulary = bits.codes.vocabulary
    place = len(bits.decoded) - 1 if bits.place is None else bits.place
    shown: ViewChoice = {"alphabet": frames.alphabet(vocabulary), "frames": [], "said": ""}
    if place < 0:
        return "", shown, None
    decoded = bits.decoded[place]
    step, choice = decoded.step, Choice.of(decoded.step)
    if decoded.smallest:
        choice = replace(choice, u=None)
    note = bits_sentences.NO_U if decoded.smallest else ""
    about = frames.Shown(place, Stage.APPENDED, NO_FILTERS, picked=False, note=note)
    shown["frames"] = [frames.frame(choice, about, f"bits-{bits.version}", bits.codes.temperature)]
    symbol = display_symbol(vocabulary.characters[step.character_id])
    heading = bits_sentences.drawn_by_bits(place + 1, symbol, choice.u, decoded.share)
    last = bits.last_word(place)
    if last[1]:
        heading += " " + bits_sentences.bits_read(*last, len(bits.bits))
    shown["said"] = f"{heading} {likeliest_in_words(choice, vocabulary)}"
    return heading, shown, last
