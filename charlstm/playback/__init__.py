"""What a page does without Streamlit: players that advance texts by the clock, and the tables a chart is given."""
