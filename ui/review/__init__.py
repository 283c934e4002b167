"""The weekly review on screen: the lobby, the stage of the meeting, and the panels of what is decided in it."""
