"""The weekly review: what each step of the meeting says, what is decided in it, and what becomes of that."""
