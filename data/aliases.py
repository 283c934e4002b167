"""Two spellings of one name: what was accepted, and what is suggested."""
