"""The models that the page offers: read once, shared by all viewers, never changed."""

import math
from collections import Counter
from collections.abc import Container
from pathlib import Path

import streamlit as st

from charlstm.corpora import named
from charlstm.evaluation.leaderboard import formatted_cells, leaderboard_entry
from charlstm.generation.run import NetworkSource
from charlstm.model_folder.epoch_weights import epoch_file
from charlstm.model_folder.location import models_folder
from charlstm.model_folder.store import Model, find_models
from charlstm.networks.network import Network
from charlstm.text.decoding import Case, decode
from charlstm.ui.components.address import Address
from charlstm.ui.shared import sentences
from charlstm.ui.shared.user_models import models_of_user

BOOKS_RECIPE = "book"


def usable_models() -> tuple[list[Model], list[str]]:
    """Return the models that can be used, the best first, and the reason for each folder that cannot.

    They are those of `models_folder()`, and after them those of this session alone.
    """
    folder = models_folder()
    models, errors = _read(folder, _fingerprint(folder))
    return [*models, *models_of_user()], errors


def chosen_model(address: Address, disabled: bool = False) -> Model | None:
    """Show which folders cannot be used, and a choice where there are several models; return the chosen one.

    Where there are no models, show how to get one and return None.

    Args:
        address: of the page; where that is opened, its model is chosen, or else the one of the page before.
        disabled: whether the choice is shown but cannot be changed.
    """
    models, errors = usable_models()
    for error in errors:
        st.text(sentences.not_offered(error))
    if not models:
        st.info(sentences.NO_MODELS)
        return None
    by_name = {model.folder.name: model for model in models}
    if len(models) > 1:
        _choose(by_name, address)
        labels = network_titles(models)
        # Told also as the first value, which a field shows whose menu has not been open before.
        chosen = by_name.get(st.session_state.get("model", ""), models[0])
        index = list(by_name).index(chosen.folder.name)
        st.selectbox(sentences.NETWORK, list(by_name), index, labels.__getitem__, key="model", disabled=disabled)
        with st.expander(sentences.ALL_NETWORKS, icon=":material/table_rows:"):
            _comparison(models, labels)
    return by_name.get(st.session_state.get("model", ""), models[0])


def _choose(names: Container[str], address: Address) -> None:
    """Choose a model before the widget is drawn, where a page has just been opened, or asks for one.

    Streamlit gives a widget of the same key on another page its first value again, so the value is set.
    """
    session = st.session_state
    candidates = [session.get("network_to_choose")]
    if session.get("model_address") is not address:
        candidates += [address.text("model", ""), session.get("model")]
    chosen = next((name for name in candidates if name in names), None)
    if chosen is not None:
        session.model = chosen
    session.pop("network_to_choose", None)
    session.model_address = address  # last, because Streamlit may end a run of the script at any access


def is_books(model: Model) -> bool:
    """Return whether a network was trained by the book's recipe."""
    return model.manifest.recipe.get("name") == BOOKS_RECIPE


def largest_vocabulary() -> int:
    """Return the number of characters of the network that has most."""
    return max((len(model.vocabulary) for model in usable_models()[0]), default=0)


def network_titles(models: list[Model]) -> dict[str, str]:
    """Return what each model is called, by its folder's name.

    That is its title, with the name in brackets where another has the same one, or where none was given: such a title
    tells only kind and size.
    """
    titles = Counter(model.manifest.title for model in models)
    labels = {}
    for model in models:
        name, title = model.folder.name, model.manifest.title
        labels[name] = title if titles[title] == 1 and model.manifest.given_title else f"{title} ({name})"
    return labels


def _comparison(models: list[Model], labels: dict[str, str]) -> None:
    """Show a table of the networks and their figures, the best first, under their labels."""
    entries = [leaderboard_entry(model) for model in models]
    shown = [{"what it is": one.network} | formatted_cells(one) for one in entries]
    columns = {
        sentences.literally(labels[one.name]): list(column.values()) for one, column in zip(entries, shown, strict=True)
    }
    st.table({"": list(shown[0])} | columns, border="horizontal", hide_index=True)
    temperatures = next((one.temperatures for one in entries if one.temperatures), ())
    st.caption(sentences.about_networks(temperatures))


def _fingerprint(folder: Path) -> tuple[tuple[str, int], ...]:
    """Return what changes when a model folder is added, removed or written to, so that a reload shows it."""
    if not folder.is_dir():
        return ()
    manifests = sorted(folder.glob("*/model.json"))
    return (
        *((path.name, path.stat().st_mtime_ns) for path in sorted(folder.iterdir()) if path.is_dir()),
        *((str(manifest), manifest.stat().st_mtime_ns) for manifest in manifests),
    )


@st.cache_resource(max_entries=1, show_spinner=False)
def _read(folder: Path, fingerprint: tuple[tuple[str, int], ...]) -> tuple[list[Model], list[str]]:
    del fingerprint  # only a key of the cache
    models, errors = find_models(folder)
    return sorted(models, key=_loss), errors


def _loss(model: Model) -> float:
    """Return the held-out loss on the text by which all models are compared, or else on the model's own."""
    loss = leaderboard_entry(model).held_out_loss
    if loss is None:
        loss = model.manifest.held_out_loss
    return math.inf if math.isnan(loss) else loss


def network_of(model: Model, epoch: int) -> Network:
    """Return the network of a model after an epoch, read once for all viewers."""
    path = model.folder / epoch_file(epoch)
    return _network(model, str(path), path.stat().st_mtime_ns)


def source_of(model: Model, epoch: int) -> NetworkSource:
    """Return the network of a model after an epoch, with what it is of."""
    return NetworkSource(network_of(model, epoch), model.vocabulary, model.folder.name, epoch)


@st.cache_resource(max_entries=64, show_spinner=False)
def _network(_model: Model, path: str, written: int) -> Network:
    del written  # with the path, the key of the cache
    return _model.network(int(Path(path).stem.removeprefix("epoch-")))


@st.cache_resource(max_entries=2, show_spinner=False)
def _text_of(path: Path, case: Case) -> str:
    return decode(path.read_bytes(), str(path), case=case)


def corpus_text(name: str, case: Case) -> str | None:
    """Return the text of a named corpus, in a case, if it is on this machine, else None."""
    if name not in named.NAMED:
        return None
    path = named.cached_path(name)
    return _text_of(path, case) if path else None
