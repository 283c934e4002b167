"""What can go wrong with a review; texts in errors.toml."""

from __future__ import annotations

from metrics.errors import SalesError


class AgendaInvalid(SalesError):
    """An agenda names a step or a value that cannot be. Params: what."""


class AgendaNotYours(SalesError):
    """Only those who see everything change what all see."""


class SinceNotBefore(SalesError):
    """A review is to be compared with a day that is not before its own. Params: since, day."""


class TeamNotSeen(SalesError):
    """There is no such team, or not for this viewer. Params: team, suggestion."""


class ReviewsNotYours(SalesError):
    """A salesperson holds no reviews, and reads none: they name others."""


class ReviewNeedsTeam(SalesError):
    """A manager of several teams begins a review without naming one. Params: known."""


class ReviewLeftOpen(SalesError):
    """An earlier review of the team was never ended. Params: id, day."""


class ReviewOver(SalesError):
    """A review that was ended or dropped is written to. Params: id."""


class ReviewNoteTooLong(SalesError):
    """A presenter's note is longer than is kept. Params: most."""


class UnknownReview(SalesError):
    """There is no review of this number, or not for this viewer. Params: id."""


class UnknownStep(SalesError):
    """A review has no such step. Params: name, suggestion, known."""
