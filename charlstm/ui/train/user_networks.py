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


def show_networks() -> None:
    """Show the networks of this session, to be downloaded, removed, or opened from a zip."""
    session = st.session_state
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
    version = session.setdefault("own_uploader_version", 0)  # a new uploader after each file is empty again
    megabytes = LARGEST_ZIP // 1_000_000
    label = sentences.OPEN_NETWORK.format(megabytes=megabytes)
    file = st.file_uploader(label, "zip", key=f"own-{version}", max_upload_size=megabytes)
    if file is not None:
        session.own_uploader_version += 1
        keep(file.getvalue, "own")
        st.rerun()
    show_kept("own")


def show_kept(asked: str) -> None:
    """Show that a network is kept, or why it is not, where that was asked for."""
    session = st.session_state
    if session.get("train_keep_asked") != asked:
        return
    if session.get("train_kept"):
        st.success(session.train_kept)
    if session.get("train_not_kept"):
        show_error(session.train_not_kept)


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
    session = st.session_state
    session.train_keep_asked = asked
    session.train_kept = session.train_not_kept = ""
    try:
        taken = {model.folder.name for model in usable_models()[0]}
        model = user_models().keep(content_of(), taken)
    except (ModelError, OSError) as error:
        session.train_not_kept = sentences.cannot_open_network(str(error))
        return
    session.network_to_choose = model.folder.name
    session.train_kept = shared_sentences.kept(model.folder.name)


def _remove(name: str) -> None:
    session = st.session_state
    user_models().remove(name)
    session.train_kept = ""
    if session.get("network_to_choose") == name:
        del session.network_to_choose
