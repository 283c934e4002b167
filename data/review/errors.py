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


# ------------------------------------------------------------------------------------------------------ forecast calls


class AmountRefused(SalesError):
    """An amount that cannot be taken as it was typed. Params: given."""


class AmountUnreadable(AmountRefused):
    """It is no number. Params: given."""


class AmountAmbiguous(AmountRefused):
    """Its point may divide thousands or decimals. Params: given, thousands, decimals: how either is written."""


class AmountNegative(AmountRefused):
    """It is below 0. Params: given."""


class AmountAbsurd(AmountRefused):
    """It is more than any company sells. Params: given, most."""


class AmountOtherCurrency(AmountRefused):
    """It names another currency than the store's. Params: given, theirs, ours."""


class BestBelowCommit(SalesError):
    """A best case below the commit. Params: who, commit, best."""


class CallEmpty(SalesError):
    """A best case without a commit, or nothing to take back. Params: who."""


class CallRemarkTooLong(SalesError):
    """Params: most."""


class CallNotYours(SalesError):
    """A call for somebody whose word the viewer may not say. Params: who."""


class CallForNobody(SalesError):
    """A call for a team or a person that does not exist. Params: name, suggestion."""


class CallPeriodUnknown(SalesError):
    """A call for days that are no month, quarter or year. Params: from_on, to_on."""


class CallPeriodOver(SalesError):
    """A call for a period that is over by the store's day. Params: from_on, to_on, day."""


class NoDealsYet(SalesError):
    """The hygiene of deals was asked for, and no deals have been loaded."""


class HygieneNeedsRep(SalesError):
    """A hygiene list was to be written as a file without saying whose."""


class HygieneForm(SalesError):
    """A hygiene list was to be written as a kind of file that is not written. Params: given."""


class ActionEmpty(SalesError):
    """A decision says nothing, or too much. Params: most."""


class UnknownAction(SalesError):
    """There is no decision of this number, or not for this viewer. Params: id."""


class UnknownSubject(SalesError):
    """A decision is about something that the viewer does not see, or that there is not. Params: kind, name, suggestion.

    `kind` is a Text.
    """


class DuePast(SalesError):
    """A decision is due before the store's day, or far beyond it. Params: due, day."""


class UnknownExpectation(SalesError):
    """No such outcome is declared. Params: name, suggestion, known."""


class ExpectationNotOf(SalesError):
    """This outcome is expected of other things. Params: outcome (Text), known."""


class ExpectationInvalid(SalesError):
    """A parameter of an expected outcome is no possible value. Params: outcome (Text), what, given, wanted."""


class StageElsewhere(SalesError):
    """A deal's pipeline has no such open stage. Params: stage, pipeline, known, suggestion."""


class AlreadySo(SalesError):
    """What is expected is so already. Params: expected, evidence (texts in both languages)."""


class NotTellable(SalesError):
    """The data cannot tell what is expected. Params: outcome (Text), why (Text)."""


class UnknownVerdict(SalesError):
    """What became of a decision was said in a word that there is not. Params: name, known, suggestion."""


class RemarkTooLong(SalesError):
    """A remark on what became of a decision is longer than is kept. Params: most."""


class NothingByHand(SalesError):
    """Nothing was said by hand about a decision, so that nothing can be taken back. Params: id."""


class ActionOver(SalesError):
    """A decision that was done or dropped is to be so once more. Params: id."""


class ReportFormatUnknown(SalesError):
    """A file's ending names no format of a report. Params: file, known."""


class ReportFolderMissing(SalesError):
    """The folder in which a report was to be written does not exist. Params: path, folder."""


class ReportUnwritable(SalesError):
    """A report cannot be written there. Params: path, problem."""


class AlertsNotYours(SalesError):
    """Only those who see everything change the limits of rules."""


class LimitInvalid(SalesError):
    """No such limit, or a value out of its bounds. Params: name, given, bounds."""


class UnknownAlert(SalesError):
    """No such alert among those that the viewer may see. Params: id."""


class AlertInvalid(SalesError):
    """An alert cannot be changed so. Params: what."""
