"""The least that Streamlit itself needs for a page of this kind: a text area, a chart, and a component."""

import altair as alt
import streamlit as st

st.set_page_config(layout="wide")
st.text_area("Text", "a text")
marks = alt.Chart(alt.InlineData(values=[{"x": 1, "y": 2}])).mark_bar().encode(x="x:Q", y="y:Q")
st.vega_lite_chart(None, marks.to_dict())
st.components.v2.component("bare", html="<p class='bare'>a component</p>", js="export default () => {};")()
