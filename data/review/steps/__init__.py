"""What each step of a review says: one module per step, each with `chapter(asked) -> Chapter`."""
