"""What `profiles` answers: the CRMs that are recognised, and the layouts a store remembers."""

from __future__ import annotations

from pathlib import Path

from data.ingest.errors import UnknownProfile
from data.ingest.profile import Profile, profiles
from data.ingest.remember import forget as forget_layout
from data.ingest.remember import remembered, toml
from data.terminal import Session
from metrics.errors import nearest


def profiles_report(session: Session, show: str | None, forget: str | None) -> None:
    """List every profile, or write one out, or forget a remembered one.

    Raises:
        UnknownProfile: there is none of that name.
    """
    folder = Path(f"{session.store_path}.d")
    if forget is not None:
        forget_layout(folder, forget)
    known = {profile.name: profile for profile in (*remembered(folder), *profiles().values())}
    if show is not None:
        if show not in known:
            raise UnknownProfile(profile=show, suggestion=nearest(show, known), known=", ".join(known))
        session.write(toml(known[show]).rstrip())
        return
    listed = [_entry(session, profile) for profile in known.values()]
    if session.is_json:
        session.answer({"profiles": listed})
        return
    columns = ("name", "label", "tables", "is_remembered")
    session.table(listed, {name: session.word(f"profile_{name}") for name in columns})


def _entry(session: Session, profile: Profile) -> dict[str, str | bool]:
    return {
        "name": profile.name,
        "label": profile.label["zh-CN" if session.lang == "zh-CN" else "en"],
        "tables": ", ".join(dict.fromkeys(profile.table_of(section) for section in profile.tables)),
        "is_remembered": profile.based_on is not None,
    }
