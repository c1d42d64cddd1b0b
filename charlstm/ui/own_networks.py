"""The networks that belong to a session alone: kept, downloaded, forgotten, and opened from a zip."""

from collections.abc import Callable

import streamlit as st

from charlstm.manifest import ModelError
from charlstm.model_zip import LARGEST_ZIP, zip_bytes
from charlstm.store import Model
from charlstm.ui import words
from charlstm.ui.belongings import belongings, own_models
from charlstm.ui.models import usable_models
from charlstm.ui.refusal import refuse


def networks() -> None:
    """The networks of this session: to be downloaded, forgotten, or opened from a zip."""
    session = st.session_state
    st.markdown(f"#### {words.OWN_NETWORKS}")
    st.caption(words.OWN_NETWORKS_HELP)
    if session.get("train_kept"):
        st.success(session.train_kept)
    for model in own_models():
        name, manifest = model.folder.name, model.manifest
        said, download, forget = st.columns([3, 1, 1], vertical_alignment="center")
        said.text(words.own_network(name, str(manifest.architecture), manifest.held_out_loss))
        with download:
            download_button(model, f"own_download-{name}")
        forget.button(
            words.FORGET, key=f"own_forget-{name}", icon=":material/delete:", width="stretch",
            on_click=_forget, args=(name,),
        )  # fmt: skip
    turn = session.setdefault("own_turn", 0)  # another uploader after each file, so that it is empty again
    megabytes = LARGEST_ZIP // 1_000_000
    label = words.OPEN_NETWORK.format(megabytes=megabytes)
    file = st.file_uploader(label, "zip", key=f"own-{turn}", max_upload_size=megabytes)
    if file is not None:
        session.own_turn += 1
        keep(file.getvalue)
        st.rerun()
    if session.get("train_not_kept"):
        refuse(session.train_not_kept)


def download_button(model: Model, key: str) -> None:
    """Offer a network as a zip, which is made only when it is asked for."""
    st.download_button(
        words.DOWNLOAD,
        data=lambda: zip_bytes(model),
        file_name=f"{model.folder.name}.zip",
        mime="application/zip",
        on_click="ignore",
        icon=":material/download:",
        width="stretch",
        help=words.DOWNLOAD_HELP,
        key=key,
    )


def keep(content_of: Callable[[], bytes]) -> None:
    """Keep a network for this session, and choose it on all pages."""
    session = st.session_state
    session.train_kept = session.train_not_kept = ""
    try:
        taken = {model.folder.name for model in usable_models()[0]}
        model = belongings().keep(content_of(), taken)
    except (ModelError, OSError) as error:
        session.train_not_kept = words.cannot_open_network(str(error))
        return
    session.network_to_choose = model.folder.name
    session.train_kept = words.kept(model.folder.name)


def _forget(name: str) -> None:
    session = st.session_state
    belongings().forget(name)
    session.train_kept = ""
    if session.get("network_to_choose") == name:
        del session.network_to_choose
