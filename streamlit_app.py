"""The front door: page set-up and navigation."""

import streamlit as st

from charlstm.ui.compare import page as compare
from charlstm.ui.evolve import page as evolve
from charlstm.ui.map import page as map_page
from charlstm.ui.read import page as read
from charlstm.ui.shared import style
from charlstm.ui.shared.reset import reset_if_asked
from charlstm.ui.train import page as train
from charlstm.ui.viewers import has_place
from charlstm.ui.write import page as write

st.set_page_config(page_icon="✍️", layout="wide")
style.apply()
if not has_place():
    st.stop()
pages = [
    st.Page(write.page, title="Write", icon=":material/edit:", url_path="write", default=True),
    st.Page(compare.page, title="Compare", icon=":material/view_column:", url_path="compare"),
    st.Page(map_page.page, title="Map", icon=":material/thermostat:", url_path="map"),
    st.Page(evolve.page, title="Evolve", icon=":material/school:", url_path="evolve"),
    st.Page(read.page, title="Read", icon=":material/menu_book:", url_path="read"),
    st.Page(train.page, title="Train", icon=":material/model_training:", url_path="train"),
]
reset_if_asked()
opened = st.navigation(pages, position="top")
st.set_page_config(page_title=f"{opened.title} · charlstm")
opened.run()
