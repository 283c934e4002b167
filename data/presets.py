"""Lists of stages to begin with (data/presets.toml), fitted to the stages that deals are in already."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from data.errors import UnknownPreset
from data.stages import Required, Stage, Standing, Status
from metrics.catalog import Text
from metrics.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence


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


def fitted(chosen: Preset, now: Sequence[Standing], pipeline: str | None = None) -> tuple[Stage, ...]:
    """The preset as a configuration of one pipeline, or of all (None); other pipelines stay as they are configured.

    A stage of the preset is the one that most deals of those called by its names are in; others of its names are read
    as it. What the preset does not say (a time limit, for most a probability) stays as it stands for that stage.
    Stages that none of its names names are left alone.
    """
    beside = [one for one in now if one.told_by == "settings" and one.pipeline != pipeline]
    there = [one for one in now if pipeline is None or one.pipeline in (None, pipeline)]
    called: dict[str, list[str]] = {}
    by_name = {one.stage: one for one in sorted(there, key=lambda one: one.deals)}
    names = [*by_name, *(name for one in there for name in one.means)]
    for name in dict.fromkeys(names):
        called.setdefault(_bare(name), []).append(name)
    taken: set[str] = set()
    found = [_stage(one, called, by_name, taken, pipeline) for one in chosen.stages]
    kept = [Stage(**{name: getattr(one, name) for name in Stage.model_fields}) for one in beside]
    return (*found, *kept)


def _stage(
    given: _Given, called: dict[str, list[str]], by_name: dict[str, Standing], taken: set[str], pipeline: str | None
) -> Stage:
    """One stage of a preset under the name by which deals know it already; else under its own, in either language."""
    words = dict.fromkeys(map(_bare, (given.label.en, given.label.zh_CN, *given.words)))
    names = [name for word in words for name in called.get(word, ()) if name not in taken]
    if not names and given.label.zh_CN != given.label.en and given.label.zh_CN not in by_name:
        names = [given.label.en, given.label.zh_CN]  # what a later export may call it
    taken.update(names)
    known = [by_name[name] for name in names if name in by_name]
    main = max(known, key=lambda one: one.deals) if known else None
    stage = main.stage if main else given.label.en
    means = tuple(dict.fromkeys(name for name in (*names, *(main.means if main else ())) if name != stage))
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
        means=means,
    )


def _bare(name: str) -> str:
    """A name without capitals, blanks, signs, and the number that orders it: "2. Closed Won" is "closedwon"."""
    plain = re.sub(r"[\W_]+", "", name.casefold())
    return re.sub(r"^\d+", "", plain) or plain
