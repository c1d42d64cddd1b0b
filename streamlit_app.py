"""The front door: page set-up and navigation."""

import streamlit as st

from charlstm.ui import process, style
from charlstm.ui.pages import write

st.set_page_config(page_title="charlstm: watch a network write", page_icon="✍️", layout="wide")
process.settle()
style.apply()
st.navigation([st.Page(write.page, title="Write", icon=":material/edit:", default=True)], position="hidden").run()
