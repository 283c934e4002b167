"""Lists of stages to begin with (data/presets.toml), fitted to the stages that deals are in already."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel, ConfigDict

from data.errors import UnknownPreset
from data.stage_list import Required, Stage, Status
from data.stages import Standing, as_configuration
from metrics.catalog import Text
from metrics.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class _Given(BaseModel):
    """A stage of a preset: its names, and the words by which it is found."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: Text
    status: Status
    probability: float | None = None
    required: tuple[Required, ...] = ()
    words: tuple[str, ...] = ()


class Preset(BaseModel):
    """A list of stages that other companies or systems use."""

    model_config = ConfigDict(frozen=True)

    id: str
    label: Text
    stages: tuple[_Given, ...]


@cache
def presets() -> dict[str, Preset]:
    """Every preset by its id, in file order."""
    content = tomllib.loads(Path(__file__).with_name("presets.toml").read_text("utf-8"))["presets"]
    return {
        name: Preset(id=name, label=one["label"], stages=tuple(_given(stage) for stage in one["stages"]))
        for name, one in content.items()
    }


def _given(told: dict[str, object]) -> _Given:
    rest = {name: value for name, value in told.items() if name not in ("en", "zh-CN")}
    return _Given.model_validate({"label": {"en": told["en"], "zh-CN": told["zh-CN"]}, **rest})


def preset(name: str) -> Preset:
    """The preset of this id.

    Raises:
        UnknownPreset: with the id that was probably meant.
    """
    known = presets()
    if name not in known:
        raise UnknownPreset(name=name, presets=", ".join(known), suggestion=nearest(name, known))
    return known[name]


class _Fit(NamedTuple):
    """A stage of a preset among those that there are.

    Attributes:
        names: of stages there are, that its words name. main: the one whose name it takes; None: nobody met it.
        apart: the others that keep their names, which other pipelines may say, too.
    """

    given: _Given
    names: tuple[str, ...]
    main: Standing | None
    apart: tuple[Standing, ...]


def fitted(chosen: Preset, now: Sequence[Standing], pipeline: str | None = None) -> tuple[Stage, ...]:
    """The preset as a configuration of one pipeline, or of all (None); what is configured besides follows it.

    A stage of the preset is the one that most deals of those called by its names are in; others of its names are read
    as it. What the preset does not say (a time limit, for most a probability) stays as it stands for that stage.
    Stages that none of its names names are left alone.

    Names are read alike in every pipeline, so a preset of one reads no name as another that others may say, too:
    such stages (`kept_apart`) stand behind the one that they would have been.
    """
    fits = _fits(chosen, now, pipeline)
    taken = {name for one in fits for name in one.names}
    others = _said_elsewhere(now, pipeline)
    found = []
    for one in fits:
        older = [name for name in (one.main.means if one.main else ()) if name not in taken]
        means = [name for name in (*one.names, *older) if name not in others]
        if not one.names and pipeline is None:
            means = [one.given.label.zh_CN]  # nobody met it yet, under either name that an export may call it
        found += [_stage(one.given, one.main, means, pipeline), *(_apart(one.given, it, pipeline) for it in one.apart)]
    beside = [one for one in now if one.told_by == "settings" and (one.pipeline != pipeline or one.stage not in taken)]
    return _told_apart([*found, *as_configuration(beside)])


def kept_apart(chosen: Preset, now: Sequence[Standing], pipeline: str | None) -> list[str]:
    """Stages of this pipeline that keep their names beside the preset's, since other pipelines may say them, too."""
    return [it.stage for one in _fits(chosen, now, pipeline) for it in one.apart]


def _fits(chosen: Preset, now: Sequence[Standing], pipeline: str | None) -> list[_Fit]:
    others = _said_elsewhere(now, pipeline)
    there = [one for one in now if pipeline is None or one.pipeline in (None, pipeline)]
    by_name = {one.stage: one for one in sorted(there, key=lambda one: one.deals)}
    called: dict[str, list[str]] = {}
    for name in dict.fromkeys([*by_name, *(name for one in there for name in one.means)]):
        called.setdefault(_bare(name), []).append(name)
    found: list[_Fit] = []
    taken: set[str] = set()
    for given in chosen.stages:
        words = dict.fromkeys(map(_bare, (given.label.en, given.label.zh_CN, *given.words)))
        names = tuple(name for word in words for name in called.get(word, ()) if name not in taken)
        taken.update(names)
        met = sorted((by_name[name] for name in names if name in by_name), key=lambda one: one.deals, reverse=True)
        apart = tuple(one for one in met[1:] if one.stage in others)
        found.append(_Fit(given, names, met[0] if met else None, apart))
    return found


def _said_elsewhere(now: Sequence[Standing], pipeline: str | None) -> set[str]:
    """Names that other pipelines may say, too; to a preset of all pipelines there are no others."""
    beside = [one for one in now if pipeline is not None and one.pipeline != pipeline]
    return {name for one in beside for name in (one.stage, *one.means)}


def _stage(given: _Given, main: Standing | None, means: Iterable[str], pipeline: str | None) -> Stage:
    """One stage of a preset under the name by which deals know it already; else under its own."""
    stage = main.stage if main else given.label.en
    return Stage(
        stage=stage,
        pipeline=pipeline,
        status=given.status,
        probability=given.probability if given.probability is not None or main is None else main.probability,
        max_days=main.max_days if main else None,
        required=given.required or (main.required if main else ()),
        forecast_category=main.forecast_category if main else None,
        label_en=given.label.en,
        label_zh=given.label.zh_CN,
        means=tuple(dict.fromkeys(means)),
    )


def _apart(given: _Given, one: Standing, pipeline: str | None) -> Stage:
    """A stage that counts as the preset's, under its own name."""
    return _stage(given, one, (), pipeline).model_copy(update={"label_en": one.label_en, "label_zh": one.label_zh})


def _told_apart(stages: Sequence[Stage]) -> tuple[Stage, ...]:
    """The stages with every name read as one of them: its own, else the first that would have it."""
    read = {one.stage for one in stages}
    told = []
    for one in stages:
        told.append(one.model_copy(update={"means": tuple(name for name in one.means if name not in read)}))
        read.update(one.means)
    return tuple(told)


def known_order(stages: Sequence[str]) -> list[str] | None:
    """Stages in the order of a preset of which each is an open step of its own; None where no preset has them all.

    A preset that has them under its own labels goes before one that finds them by its words.
    """
    for by_words in (False, True):
        for one in presets().values():
            steps = [given for given in one.stages if given.status == "open"]
            place: dict[str, int] = {}
            for number, given in enumerate(steps):
                for name in (given.label.en, given.label.zh_CN, *(given.words if by_words else ())):
                    place.setdefault(_bare(name), number)
            found = {stage: place[_bare(stage)] for stage in stages if _bare(stage) in place}
            if len(set(found.values())) == len(stages):
                return sorted(stages, key=found.__getitem__)
    return None


def _bare(name: str) -> str:
    """A name without capitals, blanks, signs, and the number that orders it: "2. Closed Won" is "closedwon"."""
    plain = re.sub(r"[\W_]+", "", name.casefold())
    return re.sub(r"^\d+", "", plain) or plain
