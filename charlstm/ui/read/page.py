"""The Read page: a text, each character tinted by how surprising it is to a network, and what it costs."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from charlstm.evaluation.reading import LONGEST_TEXT, TEMPERATURES, Reading, best_temperature, costliest_words
from charlstm.model_folder.store import Model
from charlstm.text.decoding import CorpusError, from_utf8, text_start
from charlstm.ui.charts.costs import costs_spec, costs_table
from charlstm.ui.charts.next_character.chart import next_character_spec
from charlstm.ui.components.address import page_address
from charlstm.ui.components.keyboard import shortcut
from charlstm.ui.components.temperature_slider import reported_temperature, temperature_slider
from charlstm.ui.read import sentences
from charlstm.ui.read.address import show_address
from charlstm.ui.read.bits.stage import show_bits
from charlstm.ui.read.experiment.stage import show_experiment
from charlstm.ui.read.other_networks import show_others
from charlstm.ui.read.read_view import ViewMessage, read_view, view_report
from charlstm.ui.read.shown_choice import Shown, shown_choice
from charlstm.ui.read.state import VIEW_CHOSEN, ReadState, excerpt, read_state
from charlstm.ui.shared import sentences as shared_sentences
from charlstm.ui.shared import settings, stage, style
from charlstm.ui.shared.buttons import show_letters_switch
from charlstm.ui.shared.errors import show_error
from charlstm.ui.shared.models import chosen_model, largest_vocabulary, network_of
from charlstm.ui.write.state import write_state

VIEW = "read_view"  # its key
LARGEST_FILE = 20  # megabytes
MOST_BYTES = 4 * LONGEST_TEXT  # of a file that are read
WORDS = 5  # costliest words that are listed
SHORT = 20_000  # characters up to which their words are looked through at each message


def page() -> None:
    """Draw the page."""
    address, state = page_address("read"), read_state()
    heading = stage.heading(sentences.TITLE)
    with st.container(key="read_head", horizontal=True, vertical_alignment="top"):
        sources = st.container(key="read_sources", horizontal=True, gap="small")
        with st.popover(shared_sentences.SETTINGS, icon=":material/tune:", key="settings"):
            model = chosen_model(address)
            if model is None:
                return
            if state.address is not address:
                settings.read.open_address(address, model)
                state.address = address  # last: Streamlit may end a run of the script at any access
            settings.read.follow(model)
            settings.read.show_epoch(model)
            show_letters_switch()
    with sources:
        _show_sources(state)
        _choose_view(state)
    heading.markdown(sentences.introduction(model.manifest.title, state.view))
    state.read_with(network_of(model, settings.read.epoch(model)), model.vocabulary, model.passages)
    state.sent.forget()  # a whole run of the script may mount the view anew, and then it needs everything
    if state.error:
        show_error(state.error)
    if state.view == "experiment":
        with st.container(key="experiment_stage"):
            st.fragment(_show_view)(show_experiment, state, model)
        return
    shows_bits = state.view == "bits"
    with st.container(key="bits_stage" if shows_bits else "read_stage"):
        if shows_bits:
            st.fragment(_show_view)(show_bits, state, model)
        else:
            st.fragment(_show_view)(_show_reading, state, model)
        with st.container(key="next_character_read"):
            spec = next_character_spec(largest_vocabulary(), style.is_dark())
            st.vega_lite_chart(None, spec, key="read_choice", height="stretch", alt=shared_sentences.CHART_ALT)


def _show_sources(state: ReadState) -> None:
    """Show where a text can come from besides the field."""
    st.button(
        sentences.EXCERPT, key="read_excerpt", help=sentences.EXCERPT_HELP, on_click=state.open_text, args=(excerpt(),)
    )
    player = write_state().current
    written = player.seed_text + player.texts[0] if player is not None and player.steps else ""
    st.button(
        sentences.FROM_WRITE,
        key="read_from_write",
        help=sentences.FROM_WRITE_HELP if written else sentences.NOT_WRITTEN,
        disabled=not written,
        on_click=state.open_text,
        args=(written,),
    )
    with st.popover(sentences.OPEN, key=f"read_open-{state.uploader_version}"):
        key = f"read_file-{state.uploader_version}"
        st.file_uploader(
            sentences.UPLOAD, key=key, max_upload_size=LARGEST_FILE, on_change=_open_file, args=(state, key)
        )


def _choose_view(state: ReadState) -> None:
    """Show the choice of what is shown of the text; Streamlit forgets a widget that is not drawn."""
    st.session_state.setdefault(VIEW_CHOSEN, state.view)
    chosen = st.segmented_control(
        sentences.VIEWS_LABEL,
        list(sentences.VIEWS),
        key=VIEW_CHOSEN,
        format_func=sentences.VIEWS.__getitem__,
        required=True,
        label_visibility="collapsed",
    )
    state.view = chosen or state.view


def _open_file(state: ReadState, key: str) -> None:
    file = st.session_state[key]
    if file is None:
        return
    state.uploader_version += 1
    try:
        text = _decoded(file.getvalue()[:MOST_BYTES])
    except CorpusError as error:
        state.error = f"{error}."
        return
    state.open_text(text)


def _decoded(content: bytes) -> str:
    """Return the text of a file, with its capitals; of a long one its beginning.

    Raises:
        CorpusError: it is not UTF-8, or has a NUL.
    """
    start = text_start(content, sentences.FILE)
    text, _ = from_utf8(content[start:], sentences.FILE, start, last=len(content) < MOST_BYTES)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _show_view(show: Callable[[ReadState, Model], None], state: ReadState, model: Model) -> None:
    """Draw a view, or the page with the one that was chosen in the same moment in which this one reported something.

    The browser sends both as one message, which draws this view alone.
    """
    if (st.session_state.get(VIEW_CHOSEN) or state.view) != state.view:
        st.rerun()
    show(state, model)


def _show_reading(state: ReadState, model: Model) -> None:
    """Show the stage; drawn anew whenever the view of the text asks, and at each touch of a control."""
    key, start = settings.read.key("temperature"), settings.read.start("temperature")
    state.advance()
    temperature = reported_temperature(key, start)
    shown = shown_choice(state, temperature)
    view = st.container(key="read_text")
    with st.container(key="read_slider"):
        temperature_slider(key, start)
    with st.container(key="read_said"):
        st.text(shown.heading)
    with st.container(key="read_progress", horizontal=True, vertical_alignment="center"):
        _show_progress(state)
    with st.container(key="read_figures"):
        _show_figures(state, temperature)
    with st.container(key="read_others"):
        show_others(state, model)
    show_address(model, temperature)
    with view:  # the last to answer, so that no question of its cuts off the rest
        read_view(state.current, _message(state, shown), on_report=_answer_view, key=VIEW)
    state.sent.choice = shown.determined_by


def _answer_view() -> None:
    """Take over what the view has reported: what it has, an edit of its field, and a selected character."""
    state, report = read_state(), view_report(VIEW)
    if report is None:
        return
    sent = state.sent
    if report.version == state.version:
        sent.base, sent.characters = report.version, min(report.characters, state.current.read)
    elif sent.base != report.version:
        sent.characters = 0
    sent.field = sent.field or report.number == state.edits
    if report.edit is not None and (report.edit.base == state.edits or report.edit.is_whole):
        sent.field = True
        state.edit(report.edit.applied_to(state.typed))
    if report.place is not None:
        state.select(report.place)


def _message(state: ReadState, shown: Shown) -> ViewMessage:
    """Return what the view is told besides the characters."""
    sent = state.sent
    return ViewMessage(
        version=state.version,
        base=sent.base,
        start=sent.characters,
        number=state.edits,
        field=None if sent.field else state.typed,
        words=sentences.VIEW,
        place=state.place,
        moves=state.moves,
        choice=None if shown.determined_by == sent.choice else shown.choice,
        copied=state.copied,
        goes_on=state.goes_on,
    )


def _show_progress(state: ReadState) -> None:
    """Show how far the text is read, and what of it the network could not read as it stands."""
    reading = state.current
    characters, letter = len(reading.text), shortcut("S")
    limit = LONGEST_TEXT if len(state.typed) >= LONGEST_TEXT else None
    if state.goes_on:
        share = reading.read / characters if characters else 1.0
        st.progress(share, sentences.reading(reading.read, characters, limit))
        st.button(shared_sentences.CANCEL, key="read_cancel", shortcut=letter, on_click=_stop, args=(state, True))
    elif not reading.finished:
        st.text(sentences.stopped(reading.read, characters))
        st.button(sentences.READ_ON, key="read_on", on_click=_stop, args=(state, False))
    elif not characters and not state.typed:
        st.text(sentences.NOTHING)
    else:
        copied = None if state.copied is None else int(state.copied.sum())
        st.text(sentences.finished(characters, copied, reading.folded, reading.dropped, limit))


def _stop(state: ReadState, stopped: bool) -> None:
    state.stopped = stopped


def _show_figures(state: ReadState, temperature: float) -> None:
    """Show what the text costs, at the slider's temperature too, and its costliest words."""
    reading, costs = state.current, state.drawn.costs
    nats = float(costs[TEMPERATURES.index(1.0)])
    if not state.drawn.position:
        return
    with st.container(key="read_numbers"):
        st.markdown(sentences.cost(nats / np.log(2)))
        st.text(sentences.nats_and_perplexity(nats))
        there = TEMPERATURES.index(min(TEMPERATURES, key=lambda one: abs(one - temperature)))
        st.text(sentences.cost_at(temperature, float(costs[there]) / np.log(2)))
        st.text(sentences.best_at(best_temperature(costs), TEMPERATURES[-1]))
    with st.container(key="read_costs"):
        table = costs_table(costs, temperature)
        st.vega_lite_chart(
            table, costs_spec(style.is_dark()), key="read_curve", height="stretch", alt=sentences.COSTS_ALT
        )
    with st.container(key="read_words"):
        words = _words(reading)
        if words:
            st.text(words)


def _words(reading: Reading) -> str:
    """Return the costliest words of a text; none of a long one before it is read."""
    if reading.read > SHORT and not reading.finished:
        return ""
    found = costliest_words(reading.text, reading.bits, WORDS)
    return sentences.costliest(found) if found else ""
