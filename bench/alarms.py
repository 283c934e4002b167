"""How often pages call something remarkable where there is nothing: false alarms, rule by rule.

Companies made without stories differ in nothing but chance (data/demo/stories.py). Whatever the rules of the process
pages name there is a false alarm; how many a rule may raise is stated where the page explains it. The tests of the
planted stories ask the very same rules.

So many companies as these are a sample: a rule that keeps its word is above its stated rate in about half of such runs.
A rule has missed what it states if it speaks more often than one that keeps it would in nineteen of twenty runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from math import exp, lgamma, log, log1p

import polars as pl

from bench.results import Measured
from bench.stores import FOLDER, Scale, remove
from data.demo import AS_OF, build
from data.review.alert_rules import fired
from data.store import Snapshot, open_store
from metrics import activity, bottleneck
from metrics.alerts import rules
from metrics.baskets import baskets
from metrics.brought import brought
from metrics.buyers import lapsed
from metrics.channel_quality import quality
from metrics.channels import channels
from metrics.coaching import coaching, peers_of
from metrics.competitors import competitors
from metrics.complaints import complaints
from metrics.discounts import wins
from metrics.festival import festival
from metrics.funnel import funnel
from metrics.funnel_spans import against_before, judged
from metrics.landmark import landmark
from metrics.losses import WHY, losses
from metrics.product_plan import against_plan
from metrics.query import Query, Result
from metrics.repurchase import after_complaint, after_survey
from metrics.satisfaction import by_member, over_time
from metrics.segments import segments
from metrics.sold import quadrant, returned
from metrics.view import View
from metrics.viewer import EVERYTHING

COMPANIES, DEALS = 100, 6_000
"""Companies that are made, and the deals of each: as many as a sales team of thirty has in three years."""
SPLITS = ("rep", "team", "manager", "source", "product", "region", "industry", "size_band", "deal_type")
MEASURES = ("won_amount", "win_rate", "revenue", "lead_conversion")
"""Whose changes are told by segments."""
AROUND = ("created_deals", "activities")
"""What is told around the Spring Festival."""
_FEW = 0.05
"""Benjamini and Hochberg's rate: where nothing differs, one question in twenty at most names anything."""


@dataclass(frozen=True)
class Rule:
    """The rule by which a page names something.

    Attributes:
        name: the question of the page, and what it is split by.
        asked: the page's question.
        named: what its answer names as the page does; each by its name.
        most: of the cases looked at, the share that may be named where there is nothing.
        cases: how many were looked at; by default the question is one case, however much it names.
    """

    name: str
    asked: Callable[[View], Query]
    named: Callable[[Result], list[str]]
    most: float
    cases: Callable[[Result], int] | None = None

    def counted(self, seen: Snapshot, view: View) -> tuple[int, int]:
        """Of how many cases how many were named."""
        result = seen.ask(self.asked(view), EVERYTHING)
        named = len(self.named(result))
        return (min(named, 1), 1) if self.cases is None else (named, self.cases(result))


def _flagged(result: Result, flag: str, name: str) -> list[str]:
    return [str(value) for value in result.frame.filter(flag).get_column(name).unique(maintain_order=True)]


def _losing(result: Result, by: str) -> list[str]:
    """Whom the funnel names, and at which stage, one in each pipeline."""
    found = (bottleneck.worst(bottleneck.against_the_rest(one, by)) for _, one in result.frame.group_by("pipeline"))
    return [f"{worst[by]}: {worst['stage']}" for worst in found if worst is not None]


def _worse(result: Result) -> list[str]:
    found = (bottleneck.worst(judged(one)) for _, one in result.frame.group_by("pipeline"))
    return [str(worst["stage"]) for worst in found if worst is not None]


def _weeks(result: Result) -> int:
    return result.frame.get_column("week").n_unique()


def _regulars(result: Result) -> int:
    return result.raw.filter(pl.col("span_days") >= activity.LEAST_SPAN).height


def _changed(view: View, of: str) -> Query:
    """What changed this year so far, against the same days of last year."""
    return segments(of, view.with_period("ytd").with_compare("last_year"))


def _of_products(view: View, ask: Callable[[View], Query]) -> Query:
    """What is told of products this year so far, against the same days of last year."""
    return ask(view.with_period("ytd").with_compare("last_year"))


def _pairs(result: Result) -> list[str]:
    return [" + ".join(row) for row in result.frame.filter("is_beyond_chance").select(result.query.by).iter_rows()]


def _standing_out(result: Result) -> list[str]:
    """Segments that stand out, but people and where they work: that they come and go is a change in any company."""
    of_people = pl.col("dimension").is_in(["rep", "manager", "team", "region"])
    found = result.frame.filter(pl.col("stands_out") & ~of_people)
    return [str(value) for value in found.get_column("value")]


def _festivals(view: View, of: str) -> Query:
    return festival(of, view)


def _told_of_festivals(result: Result) -> list[str]:
    """The weeks of a fall that festivals share, and those in which the last one is unlike the others."""
    return [str(day) for day in result.frame.filter(pl.col("is_low") | pl.col("is_other")).get_column("from_on")]


COACHED = 8
"""Salespeople of each company who are held against their teams: that is a page for each of them."""


def coached(seen: Snapshot, view: View) -> tuple[int, int]:
    """Of how many salespeople how many are told a weakness or a strength; who has too few cases is not asked about."""
    told, of = 0, 0
    for rep in seen.frame(f"select rep from crm.reps where team is not null order by rep limit {COACHED}")["rep"]:
        peers = seen.ask(peers_of(rep, view), EVERYTHING).frame["rep"].to_list()
        frame = seen.ask(coaching(rep, view, peers), EVERYTHING).frame
        is_judged = frame.get_column("p_value").null_count() < frame.height
        told, of = told + (not frame.drop_nulls("point").is_empty()), of + is_judged
    return told, of


REGISTERED = ("silent", "untouched", "falling", "no_new_deals", "slips")
"""Rules of the register of risks that are told from chance; quality of data is, too, but takes loads that differ."""


def registered(seen: Snapshot, view: View) -> dict[str, int]:
    """Of the register's rules those that name anybody on the view's day: 1, else 0."""
    found, failed = fired(seen, view.as_of, {name: rules()[name] for name in REGISTERED})
    return {name: int(any(one.rule == name for one in found)) for name in REGISTERED if name not in failed}


RULES: tuple[Rule, ...] = (
    Rule("pace", activity.pace, partial(_flagged, flag="is_quiet", name="week"), 0.002, _weeks),
    Rule(
        "quiet",
        partial(activity.quiet, of_all=True),
        lambda result: result.frame.get_column("customer").to_list(),
        0.02,
        _regulars,
    ),
    Rule("channels", channels, partial(_flagged, flag="is_beyond_chance", name="source"), _FEW),
    Rule("channel_steps", brought, partial(_flagged, flag="is_beyond_chance", name="source"), _FEW),
    Rule("channel_quality", quality, partial(_flagged, flag="is_beyond_chance", name="source"), _FEW),
    Rule("competitors", competitors, partial(_flagged, flag="is_beyond_chance", name="competitor"), _FEW),
    Rule("landmark", landmark, partial(_flagged, flag="is_beyond_chance", name="kind"), _FEW),
    Rule("versus", against_before, _worse, _FEW),
    *(Rule(f"festival_{of}", partial(_festivals, of=of), _told_of_festivals, _FEW) for of in AROUND),
    *(Rule(why, partial(losses, by=why), partial(_flagged, flag="is_beyond_chance", name=why), _FEW) for why in WHY),
    *(Rule(f"segments_{of}", partial(_changed, of=of), _standing_out, _FEW) for of in MEASURES),
    Rule(
        "lapsed",
        lapsed,
        lambda result: result.frame.get_column("customer").to_list(),
        0.01,
        lambda of: int(of.raw.item(0, "regulars")),
    ),
    *(
        Rule(name, partial(_of_products, ask=ask), partial(_flagged, flag=flag, name=by), _FEW)
        for name, ask, flag, by in (
            ("quadrant", quadrant, "is_beyond_chance", "product"),
            ("product_plan", against_plan, "is_under", "product"),
            ("returned", returned, "is_beyond_chance", "product"),
            ("discount_wins", wins, "is_beyond_chance", "depth_band"),
        )
    ),
    Rule("baskets", baskets, _pairs, _FEW),
    *(
        Rule(name, ask, partial(_flagged, flag="is_beyond_chance", name=by), _FEW)
        for name, ask, by in (
            ("survey_months", over_time, "span"),
            ("survey_members", by_member, "member"),
            ("complaints", complaints, "member"),
            ("after_survey", after_survey, "opinion"),
            ("after_complaint", after_complaint, "side"),
        )
    ),
    *(Rule(f"split_{by}", partial(funnel, by=by), partial(_losing, by=by), _FEW) for by in SPLITS),
)
"""Every rule of a page that names something beyond chance, or otherwise out of the ordinary."""


def by_name(name: str) -> Rule:
    """The rule of this name."""
    return next(rule for rule in RULES if rule.name == name)


def measure(scale: Scale) -> Iterator[Measured]:
    """For each rule the share of cases it names in companies without stories, beside what is stated."""
    companies = COMPANIES // 10 if scale.is_quick else COMPANIES
    counts = {rule.name: (0, 0) for rule in RULES}
    people, alerts = (0, 0), dict.fromkeys(REGISTERED, 0)
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / "alarms.duckdb"
    for seed in range(1, companies + 1):
        remove(path)
        build(path, deals=DEALS, stories=False, seed=seed, weeks=1)
        store = open_store(path)
        with store.snapshot() as seen:
            view = View(as_of=AS_OF, preset="last_12_months")
            for rule in RULES:
                named, of = counts[rule.name]
                more, cases = rule.counted(seen, view)
                counts[rule.name] = (named + more, of + cases)
            told, asked = coached(seen, view)
            people = (people[0] + told, people[1] + asked)
            alerts = {name: alerts[name] + named for name, named in registered(seen, view).items()}
        store.close()
    remove(path)
    yield from _rows(counts, companies)
    for name, named in alerts.items():
        yield _row(f"the register's rule {name}", named, companies, f"{companies} companies", _FEW)
    told, asked = people
    yield _row("coaching", told, asked, f"{asked:,} people in {companies} companies", _FEW)


def most_by_chance(of: int, rate: float) -> int:
    """How many of `of` independent cases a rule names in nineteen of twenty runs at most, if it names each at `rate`.

    The 95 % quantile of the binomial distribution.
    """
    if not 0 < rate < 1:
        return round(of * rate)
    # In logarithms: of thousands of cases the single probabilities are beyond a double.
    ways = (lgamma(of + 1) - lgamma(named + 1) - lgamma(of - named + 1) for named in range(of + 1))
    chances = (exp(way + named * log(rate) + (of - named) * log1p(-rate)) for named, way in enumerate(ways))
    return next(named for named, reached in enumerate(accumulate(chances)) if reached >= 0.95)


def _row(rule: str, named: int, of: int, where: str, rate: float) -> Measured:
    """One rule's row; what it may name grows with the sample's error, the less the more cases there are."""
    what = f"false alarms of {rule}: {named} of {where} without stories; stated {100 * rate:g} %"
    most = most_by_chance(of, rate)
    return Measured("alarms", what, 100 * named / max(of, 1), "%", budget=100 * most / max(of, 1))


def _rows(counts: dict[str, tuple[int, int]], companies: int) -> Iterator[Measured]:
    splits = [counts[f"split_{by}"] for by in SPLITS]
    told = {name: count for name, count in counts.items() if not name.startswith("split_")}
    told["split"] = (sum(named for named, _ in splits), sum(of for _, of in splits))
    for name, (named, of) in told.items():
        rule = next(rule for rule in RULES if rule.name.startswith(name))
        yield _row(name, named, of, f"{of:,} in {companies} companies", rule.most)
