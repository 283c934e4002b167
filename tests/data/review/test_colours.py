"""Files have the colours of the pages."""

from __future__ import annotations

from data.review.colours import colours
from ui.theme import palette


def test_they_are_those_of_the_light_theme() -> None:
    of, light = colours(), palette("light")
    assert (of.good, of.bad, of.text, of.muted, of.line) == tuple(
        one.removeprefix("#") for one in (light.good, light.bad, light.text, light.muted, light.grid)
    )
    assert all(len(one) == 6 and int(one, 16) >= 0 for one in vars(of).values())
