"""The weekly review: the lobby before and after it, and the meeting itself on the whole screen."""

from ui.review import lobby, meeting, stage

number = meeting.named()
if number is None:
    lobby.lobby()
else:
    stage.stage(number)
