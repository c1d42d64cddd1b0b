"""Handing a run to somebody else: by its address, or as a file that is saved and opened."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from charlstm.generation.run import Run, Source, check_models, first_difference, replay
from charlstm.generation.run_file import LARGEST_FILE, parse_run, run_bytes
from charlstm.generation.sampling import Filters
from charlstm.model_folder.store import Model
from charlstm.playback.player import Player
from charlstm.ui.components.address import copy_link, fitting
from charlstm.ui.components.temperature_slider import HIGHEST
from charlstm.ui.shared import sentences as shared_sentences
from charlstm.ui.shared import settings
from charlstm.ui.shared.models import source_of, usable_models
from charlstm.ui.write import sentences, write_state

FILE_NAME = "charlstm-run.json"
BETWEEN_REPORTS = 100  # characters


def share(player: Player) -> None:
    """Show how to hand the run on, and how to open another's."""
    session = st.session_state
    st.caption(sentences.SHARE_HELP)
    copy_link(sentences.COPY_LINK, sentences.LINK_COPIED, key="copy_link")
    _limits_of_the_link(player)
    st.download_button(
        sentences.SAVE_RUN,
        data=lambda: run_bytes(player.run()),
        file_name=FILE_NAME,
        mime="application/json",
        on_click="ignore",
        disabled=not player.steps,
        key="save_run",
        width="stretch",
    )
    turn = session.setdefault("open_turn", 0)  # another uploader after each file, so that it is empty again
    file = st.file_uploader(sentences.OPEN_RUN, "json", key=f"open-{turn}", max_upload_size=LARGEST_FILE // 1_000_000)
    if file is not None:
        session.open_turn += 1  # at once: any other click ends the opening, and leaves the page as it was
        _open(file.getvalue(), st.progress(0.0, sentences.WRITING_AGAIN))
        st.rerun()
    if session.get("open_said"):
        st.text(session.open_said)


def _limits_of_the_link(player: Player) -> None:
    seed_text = player.seed_text
    kept = fitting(seed_text)
    if kept != seed_text:
        st.caption(sentences.seed_too_long(len(kept), _is_enough(kept, player)))
    if player.steps and not _sayable(player):
        st.caption(sentences.LINK_CANNOT)


def _is_enough(kept: str, player: Player) -> bool:
    """Whether the network writes the same after the end of the seed text as after the whole."""
    network = player.source.network
    return kept == player.seed_text or (not network.stateful and len(kept) >= network.window)


def _sayable(player: Player) -> bool:
    """Whether an address can say how this text was written."""
    run = player.run()
    first = run.knobs[0]
    return (
        len(run.knobs) == 1
        and not run.picked
        and first.temperature <= HIGHEST
        and min(first.filters.top_p or 1.0, first.filters.typical_p or 1.0) >= settings.LEAST_SHARE
        and run.random_seed <= settings.LARGEST_RANDOM_SEED
        and _is_enough(fitting(run.seed_text), player)
    )


def address_of(model: Model, player: Player, temperature: float, filters: Filters) -> dict[str, str | float | None]:
    """Return what the address bar should say: the run, where it can; else the seed text and the knobs alone."""
    run = player.run() if player.steps and _sayable(player) else None
    if run and player.running and (temperature, filters) != run.knobs[0][3:]:
        run = None  # no step has been made with these yet, but the next one will be
    said = {name: settings.write.value(name) for name in ("speed", "length")}
    said |= settings.places_of(run.knobs[0].filters if run else filters)
    if not run:
        said |= {
            "temperature": temperature,
            "random_seed": settings.write.value("random_seed"),
            "epoch": settings.write.epoch(model),
        }
    defaults = {**settings.DEFAULTS, "epoch": model.manifest.best_epoch}
    told: dict[str, str | float] = {name: place for name, place in said.items() if place != defaults[name]}
    told |= _told_of(run, player) if run else _told_of_field(model)
    return {name: told.get(name) for name in (*defaults, "model", "seed", "run")}


def _told_of(run: Run, player: Player) -> dict[str, str | float]:
    """Return what decides a run's text, all of it, so that the address stays true when defaults change."""
    return {
        "model": run.knobs[0].model,
        "epoch": run.knobs[0].epoch,
        "seed": fitting(run.seed_text),
        "temperature": run.knobs[0].temperature,
        "random_seed": run.random_seed,
        "run": player.goal if player.running else len(player.steps),
    }


def _told_of_field(model: Model) -> dict[str, str | float]:
    seed_text = st.session_state.seed_text or ""
    told: dict[str, str | float] = {}
    if seed_text != shared_sentences.DEFAULT_SEED:
        told["seed"] = fitting(seed_text)
    if "model" in st.session_state:
        told["model"] = model.folder.name
    return told


def take_over() -> None:
    """Put a run that was just opened on the page, and the knobs where it left them; before any widget."""
    session = st.session_state
    player: Player | None = session.pop("opened_run", None)
    if player is None:
        return
    run = player.run()
    last = run.knobs[-1]
    session.seed_text = run.seed_text
    session.model = last.model
    session.pop("shown_knobs", None)
    places = {"temperature": min(last.temperature, HIGHEST), "random_seed": run.random_seed, "epoch": last.epoch}
    settings.write.start_at({**places, **settings.places_of(last.filters)})
    write_state.replace(player)
    write_state.look().to("last")


def _open(content: bytes, bar: DeltaGenerator) -> None:
    """Make a saved run again; where it cannot be, say so and leave the page as it is."""
    session = st.session_state
    session.open_said = ""
    try:
        run = parse_run(content)
        player = _made_again(run, bar)
    except (ValueError, OSError) as error:
        session.open_said = sentences.cannot_open(str(error))
        return
    session.opened_run = player
    differs = first_difference(player.generated, run.text)
    if differs is not None:
        session.open_said = sentences.writes_otherwise(player.source_of(differs).model, differs)


def _made_again(run: Run, bar: DeltaGenerator) -> Player:
    models = {model.folder.name: model for model in usable_models()[0]}
    check_models(run, models)

    def source(model: str, epoch: int) -> Source:
        return source_of(models[model], epoch)

    steps = []
    for _, step in replay(run, source):
        steps.append(step)
        if len(steps) % BETWEEN_REPORTS == 0:
            bar.progress(len(steps) / len(run.text), sentences.WRITING_AGAIN)
    player = Player(source(run.knobs[0].model, run.knobs[0].epoch), run.seed_text, run.random_seed)
    player.follow(steps, run, source)
    return player
