"""What is counted and how it is cut. Pure: no streamlit, no plotly, no duckdb."""
