"""How the server's process is set up, once, for all viewers."""

import streamlit as st
import threadpoolctl


@st.cache_resource(show_spinner=False)
def settle() -> None:
    """Make a step cheap: its products are too small to be shared by threads, which only wait for each other."""
    threadpoolctl.threadpool_limits(1)
