"""The charts: their Vega-Lite specs, built with Altair, and the tables of those that no player makes."""
