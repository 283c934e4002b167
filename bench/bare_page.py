"""The smallest Streamlit page with a chart: what the app's first chart is measured beside (bench/startup.py)."""

import streamlit as st

st.plotly_chart({"data": [{"type": "bar", "x": ["a", "b", "c"], "y": [3, 1, 2]}], "layout": {}})
