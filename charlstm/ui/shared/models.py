"""The model folders as the page sees them: read once, shared by all viewers, never changed."""

import math
from pathlib import Path

import streamlit as st

from charlstm.corpora import corpus as corpora
from charlstm.corpora import named
from charlstm.evaluation.leaderboard import entry, figures
from charlstm.generation.run import Source
from charlstm.model_folder.location import models_folder
from charlstm.model_folder.store import Model, epoch_file, find_models
from charlstm.networks.network import Network
from charlstm.ui.shared import sentences
from charlstm.ui.shared.user_models import models_of_user


def usable_models() -> tuple[list[Model], list[str]]:
    """Return the models that can write, the best first, and a sentence for each folder that cannot be used.

    They are those of $CHARLSTM_MODELS, or of the folder models/ beside the program; and after them
    those that this session alone has.
    """
    folder = models_folder()
    models, complaints = _read(folder, _fingerprint(folder))
    return [*models, *models_of_user()], complaints


def chosen_model(start: str = "", at_rest: bool = False) -> Model | None:
    """Show which folders cannot be used, and a choice where there are several models; return the chosen one.

    At first that is the one named `start`, or the best where there is none of that name. Where there
    are no models, say how to come by one and return None.

    Args:
        start: a name.
        at_rest: whether the choice is shown and cannot be made.
    """
    models, complaints = usable_models()
    for complaint in complaints:
        st.text(sentences.not_offered(complaint))
    if not models:
        st.info(sentences.NO_MODELS)
        return None
    by_name = {model.folder.name: model for model in models}
    if st.session_state.get("network_to_choose") in by_name:  # another page has chosen
        st.session_state.model = st.session_state.pop("network_to_choose")
    if len(models) > 1:
        if st.session_state.get("model") not in by_name and start in by_name:
            st.session_state.model = start
        with st.container(horizontal=True, vertical_alignment="bottom", key="networks"):
            st.selectbox(sentences.NETWORK, list(by_name), key="model", disabled=at_rest)
            with st.popover(sentences.ALL_NETWORKS, icon=":material/table_rows:"):
                _side_by_side(models)
    return by_name.get(st.session_state.get("model", ""), models[0])


def _side_by_side(models: list[Model]) -> None:
    """Show what each network is and how good it is, the best first."""
    entries = [entry(model) for model in models]
    shown = [{"what it is": one.network} | figures(one) for one in entries]
    columns = {sentences.literally(one.name): list(column.values()) for one, column in zip(entries, shown, strict=True)}
    st.table({"": list(shown[0])} | columns, border="horizontal", hide_index=True)
    temperatures = next((one.temperatures for one in entries if one.temperatures), ())
    st.caption(sentences.about_networks(temperatures))


def _fingerprint(folder: Path) -> tuple[tuple[str, int], ...]:
    """Change whenever a model folder is added, removed or written to, so that a reload shows it."""
    if not folder.is_dir():
        return ()
    manifests = sorted(folder.glob("*/model.json"))
    return (
        *((place.name, place.stat().st_mtime_ns) for place in sorted(folder.iterdir()) if place.is_dir()),
        *((str(manifest), manifest.stat().st_mtime_ns) for manifest in manifests),
    )


@st.cache_resource(max_entries=1, show_spinner=False)
def _read(folder: Path, fingerprint: tuple[tuple[str, int], ...]) -> tuple[list[Model], list[str]]:
    del fingerprint  # only a key of the cache
    models, complaints = find_models(folder)
    return sorted(models, key=_quality), complaints


def _quality(model: Model) -> float:
    """The held-out loss, on the text by which all are compared where that is known; the lower the better."""
    loss = entry(model).held_out_loss
    if loss is None:
        loss = model.manifest.held_out_loss
    return math.inf if math.isnan(loss) else loss


def network_of(model: Model, epoch: int) -> Network:
    """Return a network, read once for all viewers."""
    path = model.folder / epoch_file(epoch)
    return _network(model, str(path), path.stat().st_mtime_ns)


def source_of(model: Model, epoch: int) -> Source:
    """Return a network with its characters, and what it is of."""
    return Source(network_of(model, epoch), model.vocabulary, model.folder.name, epoch)


@st.cache_resource(max_entries=64, show_spinner=False)
def _network(_model: Model, path: str, written: int) -> Network:
    del written  # with the path, the key of the cache
    return _model.network(int(Path(path).stem.removeprefix("epoch-")))


@st.cache_resource(max_entries=1, show_spinner=False)
def _text_of(path: Path) -> str:
    return corpora.decode(path.read_bytes(), str(path))


def book(name: str) -> str | None:
    """Return the text of a named corpus where it is on this machine, else None."""
    if name not in named.NAMED:
        return None
    path = named.cached_path(name)
    return _text_of(path) if path else None
