"""The networks of a session alone: kept, downloaded, removed, and opened from a zip."""

from collections.abc import Callable
from typing import Literal

import streamlit as st

from charlstm.model_folder.manifest import ModelError
from charlstm.model_folder.store import Model
from charlstm.model_folder.zip_file import LARGEST_ZIP, zip_bytes
from charlstm.ui.shared import sentences as shared_sentences
from charlstm.ui.shared.errors import show_error
from charlstm.ui.shared.models import usable_models
from charlstm.ui.shared.user_models import models_of_user, user_models
from charlstm.ui.train import sentences
from charlstm.ui.train.state import train_state


def show_networks() -> None:
    """Show the networks of this session, to be downloaded, removed, or opened from a zip."""
    state = train_state()
    st.header(sentences.OWN_NETWORKS, anchor=False)
    st.caption(sentences.OWN_NETWORKS_HELP)
    for model in models_of_user():
        name, manifest = model.folder.name, model.manifest
        description, download, remove = st.columns([3, 1, 1], vertical_alignment="center")
        description.text(sentences.own_network(manifest.title, name, manifest.held_out_loss))
        with download:
            download_button(model, f"own_download-{name}")
        remove.button(
            sentences.FORGET, key=f"own_forget-{name}", icon=":material/delete:", width="stretch",
            on_click=_remove, args=(name,),
        )  # fmt: skip
    megabytes = LARGEST_ZIP // 1_000_000
    label = sentences.OPEN_NETWORK.format(megabytes=megabytes)
    file = st.file_uploader(label, "zip", key=f"own-{state.uploader_version}", max_upload_size=megabytes)
    if file is not None:
        state.uploader_version += 1
        keep(file.getvalue, "own")
        st.rerun()
    show_kept("own")


def show_kept(asked: str) -> None:
    """Show that a network is kept, or why it is not, where that was asked for."""
    state = train_state()
    if state.keep_asked != asked:
        return
    if state.kept:
        st.success(state.kept)
    if state.not_kept:
        show_error(state.not_kept)


def download_button(model: Model, key: str, width: Literal["content", "stretch"] = "stretch") -> None:
    """Show a button that downloads a network as a zip, which is created only then."""
    st.download_button(
        sentences.DOWNLOAD,
        data=lambda: zip_bytes(model),
        file_name=f"{model.folder.name}.zip",
        mime="application/zip",
        on_click="ignore",
        icon=":material/download:",
        width=width,
        help=sentences.DOWNLOAD_HELP,
        key=key,
    )


def keep(content_of: Callable[[], bytes], asked: str) -> None:
    """Keep a network of a zip for this session, and choose it on all pages; or show why it cannot be kept.

    Args:
        content_of: gives the zip.
        asked: the place of the page where `show_kept` shows what has come of it.
    """
    state = train_state()
    state.keep_asked, state.kept, state.not_kept = asked, "", ""
    try:
        taken = {model.folder.name for model in usable_models()[0]}
        model = user_models().keep(content_of(), taken)
    except (ModelError, OSError) as error:
        state.not_kept = sentences.cannot_open_network(str(error))
        return
    st.session_state.network_to_choose = model.folder.name
    state.kept = shared_sentences.kept(model.folder.name)


def _remove(name: str) -> None:
    session = st.session_state
    user_models().remove(name)
    train_state().kept = ""
    if session.get("network_to_choose") == name:
        del session.network_to_choose
