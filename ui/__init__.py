"""The screen: the only code besides app.py and pages that knows Streamlit, and the only code that draws."""
