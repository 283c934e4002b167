"""What decisions are about: found by its id or name, and who may be told of it.

Decisions are judged with everything's eyes, but a viewer meets only those about what they may see: deals of people in
their scope, those people, customers of theirs. What is about nothing, about a target or a customer of others is for
who sees everything, for whoever wrote it down or is to do it, and for the managers of whoever is to do it. Whose deal
went to somebody else is still told of their promise, without what the data say of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from data.review.chapter import Subject
from data.review.course import courses, guessed_of, places_of
from data.review.decided import Action, Before
from data.review.errors import StageElsewhere, UnknownSubject
from data.review.measuring import owner_of
from data.review.outcomes import Kind
from metrics.catalog import Text, catalog, measure
from metrics.errors import UnknownMeasure, nearest
from metrics.query import from_file
from metrics.search import search
from metrics.viewer import Viewer

if TYPE_CHECKING:
    from data.store import Snapshot

_NAMES = {
    "deal": Text.model_validate({"en": "deal", "zh-CN": "商机"}),
    "rep": Text.model_validate({"en": "salesperson", "zh-CN": "销售人员"}),
    "customer": Text.model_validate({"en": "customer", "zh-CN": "客户"}),
    "target": Text.model_validate({"en": "target", "zh-CN": "目标"}),
}
_LIKE_A_DEAL = """
select deal_id, team, rep_key from crm.deals
where lower(deal) = lower($id) or jaro_winkler_similarity(lower(deal_id), lower($id)) > 0.85
order by lower(deal) = lower($id) desc, jaro_winkler_similarity(lower(deal_id), lower($id)) desc, deal_id limit 20
"""


def found(seen: Snapshot, viewer: Viewer, kind: str, name: str | None, day: date) -> tuple[str | None, Before]:
    """The subject that a viewer means, by the name under which it is kept, and what the data say of it.

    Args:
        kind: deal, rep, customer, target or none. name: a deal's id; a name, of customers also the id; of targets the
            measure, `measure:team:NAME` or `measure:rep:NAME`. day: the store's.

    Raises:
        UnknownSubject: there is none, or the viewer may not see it.
    """
    if kind == "none":
        return None, Before()
    asked = (name or "").strip()
    if kind == "deal":
        return asked, _deal(seen, viewer, asked, day)
    if kind == "target":
        return asked, _target(seen, viewer, asked)
    rows = seen.ask(
        from_file("rep", rep=asked) if kind == "rep" else from_file("customer", customer=asked), viewer
    ).frame
    if rows.is_empty():
        called = {one.casefold(): one for one in seen.values(kind, viewer) if one}
        like = called.get(nearest(asked.casefold(), called) or "")
        raise UnknownSubject(kind=_NAMES[kind], name=asked, suggestion=like)
    row = rows.row(0, named=True)
    table = f"{kind}s"
    keyed = seen.frame(f"select {kind}_key from crm.{table} where {kind} = $name", {"name": row[kind]})
    return row[kind], Before(label=row[kind], key=keyed.item(), rep=row["rep"])


def _deal(seen: Snapshot, viewer: Viewer, id_: str, day: date) -> Before:
    rows = seen.ask(from_file("deal", deal_id=id_), viewer).frame
    if rows.is_empty():
        like = seen.frame(_LIKE_A_DEAL, {"id": id_})
        own = [one for one, team, rep in like.iter_rows() if viewer.sees(team, rep)]
        raise UnknownSubject(kind=_NAMES["deal"], name=id_, suggestion=own[0] if own else None)
    row, now = rows.row(0, named=True), courses(seen, [id_], day)[id_].at(day)
    before = Before(label=row["deal"] or id_, rep=row["rep"], pipeline=row["pipeline"], stage=row["stage"],
                    status=row["status"])  # fmt: skip
    line, known, unsure = before.pipeline, places_of(seen), guessed_of(seen)
    if any((line, stage) in unsure for pipeline, stage in known if pipeline == line):
        before = before.model_copy(update={"stages": tuple(stage for pipeline, stage in known if pipeline == line)})
    if now is None:  # gone, or never seen on the day itself
        return before
    return before.model_copy(update={
        "pipeline": now.pipeline, "stage": now.stage, "status": now.status, "amount": now.amount,
        "close_on": now.close_on, "next_step": now.next_step,
    })  # fmt: skip


def _target(seen: Snapshot, viewer: Viewer, subject: str) -> Before:
    of, scope, name = owner_of(subject)
    try:
        label = measure(of).label.text("en")
    except UnknownMeasure as error:
        raise UnknownSubject(kind=_NAMES["target"], name=subject, suggestion=error.params["suggestion"]) from error
    if scope not in ("company", "team", "rep") or not _sees_owner(seen, viewer, scope, name):
        raise UnknownSubject(kind=_NAMES["target"], name=subject, suggestion=None)
    return Before(label=f"{label} · {name}" if name else label, rep=name if scope == "rep" else None)


def _sees_owner(seen: Snapshot, viewer: Viewer, scope: str, name: str | None) -> bool:
    """Whether a target of somebody is one that the viewer may decide about: the company's only with everything."""
    if scope == "company":
        return viewer.sees_all
    known = viewer.teams if scope == "team" and not viewer.sees_all else seen.values(scope, viewer)
    return name in known


def offered(seen: Snapshot, viewer: Viewer, day: date, team: str | None = None) -> list[tuple[Kind, str]]:
    """What a viewer can decide about besides what is talked about: kind and id, targets before people.

    Targets of the company and of teams that are not over on a day, and the salespeople in the viewer's scope.

    Args:
        team: of a review of one team: only its own targets.
    """
    rows = seen.frame(_TARGETS, {"day": day})
    targets: list[tuple[Kind, str]] = []
    for of, scope, name in rows.iter_rows():
        mine = scope == "team" and name == team if team else _sees_owner(seen, viewer, scope, name)
        if mine and of in catalog().measures and _sees_owner(seen, viewer, scope, name):
            targets.append(("target", f"{of}:{scope}:{name}" if name else of))
    people: list[tuple[Kind, str]] = [("rep", name) for name in seen.values("rep", viewer) if name]
    return [*targets, *people]


_TARGETS = """
select distinct measure, scope, scope_value from crm.targets
where ends_on >= $day and scope in ('company', 'team') order by scope, measure, scope_value
"""


MOST_SOUGHT = 20
"""Found of each kind; whoever means another types more letters."""


def sought(seen: Snapshot, viewer: Viewer, words: str) -> tuple[list[Subject], bool]:
    """What a viewer can decide about that has `words` in its name, and whether there is more of it.

    Customers before deals, for a deal is often called like its customer; open deals before those that are over.
    """
    customers = seen.ask(search("customers", words, MOST_SOUGHT), viewer).raw
    deals = seen.ask(search("deals", words, MOST_SOUGHT, is_open_first=True), viewer).raw
    found = [Subject("customer", name, name) for name in customers["name"].head(MOST_SOUGHT)]
    found += [Subject("deal", id_, name) for id_, name in deals.head(MOST_SOUGHT).select("id", "name").iter_rows()]
    return found, max(customers.height, deals.height) > MOST_SOUGHT


def stage_of(seen: Snapshot, before: Before, given: str) -> str:
    """The stage of a deal's pipeline that is meant, by its name or as it is called in either language.

    Raises:
        StageElsewhere: the pipeline has no such open stage.
    """
    known = [stage for pipeline, stage in places_of(seen) if pipeline == before.pipeline]
    if given in known:
        return given
    called = seen.frame(
        "select stage, label_en, label_zh from crm.places where pipeline is not distinct from $pipeline",
        {"pipeline": before.pipeline},
    )
    for row in called.iter_rows():
        if given.casefold() in {str(one).casefold() for one in row if one}:
            return str(row[0])
    called_so = {one.casefold(): one for one in known}
    like = called_so.get(nearest(given.casefold(), called_so) or "")
    raise StageElsewhere(stage=given, pipeline=before.pipeline or "—", known=", ".join(known) or "—", suggestion=like)


# ----------------------------------------------------------------------------------------------------------- row scope

_OWNERS = """
select v.deal_id, v.team, v.rep_key from crm.deal_versions as v
where v.deal_id in (select unnest($ids)) and not v.is_reconstructed
order by v.seen_from
"""
_CUSTOMERS_OF = "select customer, rep_key from crm.customers where customer in (select unnest($names))"
_OWNERS_NOW = "select deal_id, team, rep_key from crm.deals where deal_id in (select unnest($ids))"


def visible(seen: Snapshot, viewer: Viewer, actions: Sequence[Action]) -> list[Action]:
    """Those that a viewer may be told of, in the same order: about what they see, or had when they took it on.

    A deal may go to somebody else; whoever promised something of it is still told what, and until when.
    """
    within = in_scope(seen, viewer, actions)
    people = {} if viewer.sees_all else dict(seen.frame("select rep, rep_key from crm.reps").iter_rows())
    mine = set(viewer.rep_keys)

    def took_on(one: Action) -> bool:
        return one.owner is not None and one.owner == one.before.rep and people.get(one.owner) in mine

    return [one for one in actions if one.id in within or took_on(one)]


def in_scope(seen: Snapshot, viewer: Viewer, actions: Sequence[Action]) -> set[int]:
    """The numbers of those about what a viewer sees; of others whoever is to do it is told the promise alone."""
    if viewer.sees_all:
        return {one.id for one in actions}
    deals = _owners(seen, [one.subject for one in actions if one.kind == "deal" and one.subject])
    customers = dict(seen.frame(_CUSTOMERS_OF, {"names": _subjects(actions, "customer")}).iter_rows())
    people = dict(seen.frame("select rep, rep_key from crm.reps").iter_rows())
    mine = set(viewer.rep_keys)

    def is_theirs(one: Action) -> bool:
        """The customer is theirs; or nobody's, as the decision is, and they met them."""
        name, rep = one.subject or "", customers.get(one.subject or "")
        return rep in mine or (rep is None and one.owner is None and _sees_customer(seen, viewer, name))

    def may(one: Action) -> bool:
        subject = one.subject or ""
        if one.kind == "deal":
            return viewer.sees(*deals.get(subject, (None, None)))
        if one.kind == "rep":
            return (one.before.key if one.before.key in people.values() else people.get(subject)) in mine
        if one.kind == "customer" and is_theirs(one):
            return True
        is_own = bool(viewer.email) and one.who == viewer.email
        if is_own or people.get(one.owner or "") in mine:
            return True
        return one.kind == "target" and _sees_target(viewer, subject, people)

    return {one.id for one in actions if may(one)}


def sees_evidence(viewer: Viewer, one: Action, people: Mapping[str | None, date | None]) -> bool:
    """Whether a viewer of a decision may also read its numbers, which are worked out with everything's eyes.

    Of a target only those of one's own; of a person who came from a team out of sight only what was decided since, and
    of a target of theirs, whose days may have begun before, a year later; of a customer none, since others may sell to
    them too and what others did must not be seen.

    Args:
        people: the names in the viewer's scope, and since when each of them was in no team out of sight (own_people).
    """
    if viewer.sees_all or one.kind in ("deal", "none"):
        return True
    if one.kind == "customer":
        return False
    if one.kind == "rep":
        return _is_since(people, one.subject, one.decided_on)
    begun = one.decided_on - _LONGEST
    _, scope, name = owner_of(one.subject or "")
    return (scope == "team" and name in viewer.teams) or (
        scope == "rep" and name in people and _is_since(people, name, begun)
    )


_LONGEST = timedelta(days=366)
"""Targets are for a year or less."""


def _is_since(people: Mapping[str | None, date | None], name: str | None, day: date) -> bool:
    came = people.get(name)
    return came is None or came <= day


def own_people(seen: Snapshot, viewer: Viewer) -> dict[str | None, date | None]:
    """The names in a viewer's scope; of who came from a team out of sight, the day they came."""
    if viewer.sees_all:
        return {}
    names: dict[str | None, date | None] = dict.fromkeys(seen.values("rep", viewer))
    if viewer.scope == "teams":
        came = seen.frame(_CAME, {"teams": list(viewer.teams)})
        names |= {name: day for name, day in came.iter_rows() if name in names}
    return names


_CAME = """
select reps.rep, max(rep_teams.to_on) from crm.rep_teams join crm.reps on reps.rep_key = rep_teams.rep_key
where not coalesce(rep_teams.team in (select unnest($teams)), false)
group by reps.rep
"""


def _subjects(actions: Iterable[Action], kind: str) -> list[str]:
    return list(dict.fromkeys(one.subject for one in actions if one.kind == kind and one.subject))


def _owners(seen: Snapshot, ids: Sequence[str]) -> dict[str, tuple[str | None, int | None]]:
    """Of which team and whose each deal is; of one that was deleted or joined to another, what it was last."""
    if not ids:
        return {}
    asked = {"ids": list(dict.fromkeys(ids))}
    rows = (*seen.frame(_OWNERS, asked).iter_rows(), *seen.frame(_OWNERS_NOW, asked).iter_rows())
    return {deal: (team, rep) for deal, team, rep in rows}


def _sees_customer(seen: Snapshot, viewer: Viewer, name: str) -> bool:
    return not seen.ask(from_file("customer", customer=name), viewer).frame.is_empty()


def _sees_target(viewer: Viewer, subject: str, people: dict[str, int]) -> bool:
    _, scope, name = owner_of(subject)
    if scope == "team":
        return viewer.scope == "teams" and name in viewer.teams
    return scope == "rep" and people.get(name or "") in viewer.rep_keys
