"""The command that lists the stages, changes them, and takes or gives a list of them as a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data.arguments import Json, Lang, StorePath
from data.commands import app, at
from data.errors import FileInTheWay, StagesInvalid
from data.terminal import LOADED, Session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.stage_list import Stage
    from data.stages import Preview, Standing


@app.command()
def stages(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    context: typer.Context,
    preset: Annotated[
        str | None, typer.Option(help="Take this list of stages, fitted to those that deals are in.")
    ] = None,
    pipeline: Annotated[str | None, typer.Option(help="Of this pipeline only; by default of all.")] = None,
    told: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="STAGE:FIELD=VALUE", help="Change a stage, for example Proposal:max_days=30."),
    ] = None,
    source: Annotated[
        Path | None, typer.Option("--import", metavar="FILE", help="Take the stages of a TOML file.")
    ] = None,
    target: Annotated[
        Path | None, typer.Option("--export", metavar="FILE", help="Write the stages as they stand to a TOML file.")
    ] = None,
    presets: Annotated[bool, typer.Option("--presets", help="List the presets.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would come of it, and change nothing.")] = False,
    store: StorePath = None,
    json: Json = False,
    lang: Lang = None,
) -> int:
    """List the stages of deals or configure them: order, labels, status, probability, time limit, required fields."""
    from data.stage_list import to_toml
    from data.stages import apply, preview, standing

    session = at(context, store, lang, is_json=json)
    if presets:
        _presets(session)
        return LOADED
    with session.seen() as seen:
        now = standing(seen) if seen else []
    if target is not None:
        if target.exists():
            raise FileInTheWay(file=str(target))
        target.write_text(to_toml(now), "utf-8")
    wished = _wished(now, preset, pipeline, told or [], source)
    if wished is not None:
        found, name = wished
        if dry_run:
            _preview(session, preview(session.store(create=True), found), _apart(now, preset, pipeline))
            return LOADED
        made = apply(session.store(create=True), found, name, who="command line")
        session.say("stages_set", file=made.file, id=made.id)
        with session.seen() as seen:
            now = standing(seen) if seen else []
    _report(session, now)
    return LOADED


def _wished(
    now: Sequence[Standing], preset: str | None, pipeline: str | None, told: Sequence[str], source: Path | None
) -> tuple[tuple[Stage, ...], str] | None:
    """The configuration that the options ask for, and its name in the history; None where they ask for none."""
    from data.presets import fitted
    from data.presets import preset as preset_named
    from data.stage_list import from_toml
    from data.stages import as_configuration

    if source is not None:
        try:
            return from_toml(source.read_text("utf-8")), source.name
        except (OSError, UnicodeDecodeError) as error:
            raise StagesInvalid(problem=f"{source}: {error}") from error
    found = as_configuration(now)
    names = []
    if preset is not None:
        found, names = fitted(preset_named(preset), now, pipeline), [preset]
    for text in told:
        found = _changed(found, text, pipeline)
    names += told
    return (found, f"stages: {', '.join(names)}") if names else None


def _apart(now: Sequence[Standing], preset: str | None, pipeline: str | None) -> list[str]:
    from data.presets import kept_apart
    from data.presets import preset as preset_named

    return kept_apart(preset_named(preset), now, pipeline) if preset is not None else []


def _changed(stages: tuple[Stage, ...], text: str, pipeline: str | None) -> tuple[Stage, ...]:
    """The stages with the one that `STAGE:FIELD=VALUE` names changed.

    Raises:
        StagesInvalid: it is not of that form, or names no stage.
        UnknownStageField, StageValueInvalid: no field of stages, or no value that the field can have.
    """
    from data.stage_list import stage_of

    before, equals, value = text.partition("=")
    name, colon, field = before.rpartition(":")
    found = [one for one in stages if one.stage == name.strip() and (pipeline is None or one.pipeline == pipeline)]
    if not (equals and colon and found) or field in ("stage", "pipeline"):
        raise StagesInvalid(problem=text)
    listed = [part.strip() for part in value.split(",") if part.strip()]
    said = listed if field in ("required", "means") else value.strip() or None
    changed = {id(one): stage_of(one.model_dump() | {field: said}) for one in found}
    return tuple(changed.get(id(one), one) for one in stages)


# ------------------------------------------------------------------------------------------------------------ reporting


def _presets(session: Session) -> None:
    from data.presets import presets

    listed = [
        {
            "preset": one.id,
            "label": one.label.text(session.lang),
            "stages": " → ".join(stage.label.text(session.lang) for stage in one.stages),
        }
        for one in presets().values()
    ]
    if session.is_json:
        session.answer({"presets": listed})
    else:
        session.table(listed, {name: session.word(f"stage_{name}") for name in ("preset", "label", "stages")})


_SHOWN = ("pipeline", "stage", "label", "status", "probability", "max_days", "required", "told_by", "open_deals",
          "open_amount")  # fmt: skip


def _report(session: Session, now: Sequence[Standing]) -> None:
    if session.is_json:
        session.answer({"stages": [one.model_dump(mode="json") for one in now]})
        return
    from data.stages import guessed

    _table(session, now)
    if found := guessed(now):
        session.say("stages_guessed", stages=", ".join(found))


def _table(session: Session, now: Sequence[Standing]) -> None:
    rows = []
    for one in now:
        row: dict[str, object] = {name: getattr(one, name, None) for name in _SHOWN}
        row["label"] = one.label_zh if session.lang.startswith("zh") else one.label_en
        row["required"] = ", ".join(one.required)
        row["told_by"] = session.word(f"stage_by_{one.told_by or 'deals'}")
        rows.append(row)
    session.table(rows, {name: session.word(f"stage_{name}") for name in _SHOWN})


def _preview(session: Session, found: Preview, apart: Sequence[str]) -> None:
    if session.is_json:
        further = {"has_other_steps": found.has_other_steps, "kept_apart": list(apart)}
        session.answer(found.model_dump(mode="json") | further)
        return
    _table(session, found.after)
    if found.has_other_steps:
        session.say("stages_other_steps")
    if apart:
        session.say("stages_kept_apart", stages=", ".join(apart))
    for one in found.after:
        if one.means:
            session.say("stage_reads", stage=one.stage, names=", ".join(one.means))
    if found.untold:
        session.say("stages_untold", stages=", ".join(one.stage for one in found.untold))
    for one in found.differing:
        session.say(
            "stage_differs", stage=one.stage, status=session.word(f"stage_is_{one.status}"), count=one.differing
        )
    session.say("stages_previewed")
