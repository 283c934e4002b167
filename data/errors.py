"""What can go wrong with the store and what is loaded into it. The texts, in both languages, are in errors.toml."""

from __future__ import annotations

from metrics.errors import SalesError


class SettingsInvalid(SalesError):
    """A setting has a value that it cannot have. Params: name, problem."""


class StoreError(SalesError):
    """The store cannot be opened or written. Params: path, and what the subclass says."""


class StoreAbsent(StoreError):
    """There is no file at the path, and none was to be made. Params: path."""


class FolderAbsent(StoreError):
    """The folder the store should lie in does not exist. Params: path, folder."""


class StoreMisnamed(StoreError):
    """The file is called like a schema within; the database cannot tell them apart. Params: path, name."""


class FolderReadOnly(StoreError):
    """The file or its folder cannot be written by this user. Params: path, folder."""


class StoreDamaged(StoreError):
    """The file is not a database, or parts of it are missing or changed. Params: path, detail."""


class StoreForeign(StoreError):
    """The file is a database that this product did not make. Params: path."""


class StoreFromOtherVersion(StoreError):
    """The file was written by a database version that this one cannot read. Params: path, theirs, ours."""


class StoreTooNew(StoreError):
    """A newer Sales Compass made the store. Params: path, theirs, ours."""


class StoreLocked(StoreError):
    """Another process has the store open. Params: path, process."""


class DiskFull(StoreError):
    """There was no room left for what should be written; nothing was changed. Params: path, detail."""


class OutOfMemory(StoreError):
    """The memory limit was too small for the question or the load; nothing was changed. Params: path, limit."""


class StoreNotEmpty(StoreError):
    """A backup is restored only into a store that holds nothing. Params: path."""


class BackupInvalid(StoreError):
    """The folder holds no complete backup. Params: folder, detail."""


class QuestionStopped(StoreError):
    """The question was cancelled before it was answered. Params: none."""


class UnknownViewer(SalesError):
    """Nobody of this e-mail address may look. Params: email."""


class ViewerUnnamed(UnknownViewer):
    """The store has a list of viewers, and nobody says who looks on. Params: none."""


class ViewerInvalid(SalesError):
    """A viewer's scope names no team or person that exists, or is no scope. Params: email, problem."""


class RateInvalid(SalesError):
    """An exchange rate cannot be one. Params: currency, rate, problem."""


class LoadInvalid(SalesError):
    """Rows do not fit the table they are loaded into. Params: table, problem."""


class UnknownContest(SalesError):
    """There is no contest of this name. Params: name, suggestion."""


class ContestNameTaken(SalesError):
    """Another contest has this name. Params: name."""


class UnknownParticipant(SalesError):
    """Nobody, or no team, is called so. Params: name, suggestion."""


class ContestNotOver(SalesError):
    """A contest is settled before data reach its last day. Params: name, to_on, as_of."""


class ContestSettled(SalesError):
    """A contest was settled already. Params: name, as_of."""


class UnknownTraining(SalesError):
    """There is no training of this number. Params: id."""


class TrainingNeedsName(SalesError):
    """A training without a name. Params: none."""


class TrainingNeedsPeople(SalesError):
    """A training that nobody went to. Params: none."""


class UnknownUpload(SalesError):
    """There is no upload of this number. Params: id."""


class AliasInvalid(SalesError):
    """A name cannot be read as another. Params: alias, canonical, problem."""


class KeyCollision(SalesError):
    """Two members got the same key, which must never happen. Params: kind, names."""


class CauseUnknown(SalesError):
    """A bridge has no such cause. Params: name, causes, suggestion."""


class FilterInvalid(SalesError):
    """A --where is not DIM=VALUE. Params: given."""


class ChangeInvalid(SalesError):
    """An --if is not FACTOR=PERCENT. Params: given."""


class QuarterIsOfWonAmount(SalesError):
    """Where the quarter ends was asked of another measure than the won amount. Params: measure."""


class AliasUnreadable(SalesError):
    """An --accept or --forget is not KIND:ALIAS=CANONICAL. Params: given."""


class StoreHoldsNothing(SalesError):
    """A question is asked of a store without dated facts. Params: path."""


class OriginalAbsent(SalesError):
    """The file of an upload was not kept. Params: id, file."""


class NothingRefused(SalesError):
    """An upload has no refused rows. Params: id, file."""


class FileInTheWay(SalesError):
    """A file of this name is there already, and is not written over. Params: file."""


class DimensionInvalid(SalesError):
    """A column cannot be promoted to a dimension. Params: table, field, problem (a Text)."""


class UnknownPromoted(SalesError):
    """No promoted dimension has this id. Params: name, suggestion."""


class StagesInvalid(SalesError):
    """A list of stages cannot be the configuration. Params: problem."""


class UnknownStageField(SalesError):
    """No stage has this field. Params: field, fields."""


class StageValueInvalid(SalesError):
    """A field of a stage cannot have this value. Params: stage, field, value, allowed."""


class UnknownPreset(SalesError):
    """There is no list of stages of this name. Params: name, presets, suggestion."""


class TargetsUnchanged(SalesError):
    """Targets were to be set to what they are."""


class TargetNeedsReason(SalesError):
    """A target is changed, and nobody says why."""


class TargetsChanged(SalesError):
    """Somebody else changed a target since it was looked at. Params: who, was, now."""


class TargetAbsent(SalesError):
    """There is no target for these days that could be split. Params: who, measure, span."""


class TargetNotSplitSo(SalesError):
    """A target cannot be split over this in this way, or a part set by hand is none of its parts. Params: over, way."""


class TargetOutOfView(SalesError):
    """A target of which not all parts are in view cannot be split. Params: who."""


class TargetsNeedOwner(SalesError):
    """Only who sees everything may set targets. Params: none."""


class UnknownPerson(SalesError):
    """Nobody of this name may be seen. Params: name, suggestion."""


class UnknownCustomer(SalesError):
    """No customer of this name or id may be seen. Params: name, suggestion."""


class WeightsInvalid(SalesError):
    """A weight of the scorecard cannot be used. Params: component, given, known."""


class WeightsNotYours(SalesError):
    """The weights of the scorecard hold for everybody, and this viewer does not see everything. Params: none."""


class NoteEmpty(SalesError):
    """A note says nothing, or more than can be kept. Params: most."""


class SheetUnwritable(SalesError):
    """The page to print cannot be written there. Params: path, problem."""


class PlanUnknown(SalesError):
    """There is no plan of pay of this id. Params: name, suggestion."""


class PlansLacking(SalesError):
    """Pay is asked for and there is no plan. Params: none."""


class RecognitionNotYours(SalesError):
    """Whoever does not see everything makes, settles and deletes no contests or trainings."""


class PayNotYours(SalesError):
    """Plans of pay are changed, or pay is settled, by somebody who does not see everything. Params: none."""


class PayOfWhom(SalesError):
    """Several people are paid on these days, and none of them is named."""


class PayOfNobody(SalesError):
    """No plan pays this person on these days, as far as the viewer may see. Params: rep, day, suggestion."""


class NothingToSettle(SalesError):
    """No period of pay ends in the span and is over, or all of it is settled. Params: from_on, to_on."""


class SettledOtherwise(SalesError):
    """Days of a person were settled by another plan or in other periods. Params: rep, plan, from_on, to_on, other."""
