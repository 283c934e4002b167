"""What a reader answers about the files of one upload, each about its own, and how long that holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from copy import deepcopy
from typing import Any

import streamlit as st

from data.ingest import FilePlan, Options
from data.ingest.names import normal
from data.ingest.options import Answers as Told

_KEPT = "upload.answers"
_READ_OTHERWISE = ("profile", "columns", "keys", "stages")
"""What was said of a list as one kind means nothing once it is another kind."""

Said = dict[str, dict[str, Any]]


class Answers:
    """Answers by the list that they are about, and by the names that Options has for them.

    Attributes:
        turn: part of the key of every widget that answers: one of answers that were forgotten must not speak again.
        said: what is answered now. What a list is told holds for no other one.
        steps: the answers as they were before each of them, the last one as they are.
        alike: a list -> the lists with the same columns, where the reader answers for all of them at once.
    """

    def __init__(self, turn: int = 0, steps: Sequence[Said] = ({},)) -> None:
        self.turn = turn
        self.steps = [deepcopy(step) for step in steps]
        self.said = deepcopy(self.steps[-1])
        self.alike: dict[str, list[str]] = {}

    def key(self, *parts: object) -> str:
        """The key of a widget that answers."""
        return ".".join(str(part) for part in (*parts, self.turn))

    def of(self, file: FilePlan, *parts: object) -> str:
        """The key of a widget that answers about one list."""
        return self.key(*parts, name_of(file))

    def tell(self, file: FilePlan, **said: Any) -> None:  # noqa: ANN401 - whatever Options holds
        """Answer about a list, and about those with the same columns where the reader wishes so."""
        for name in self.alike.get(name_of(file), [name_of(file)]):
            mine = self.said.setdefault(name, {})
            for what, value in said.items():
                mine[what] = {**mine.get(what, {}), **value} if isinstance(value, dict) else value

    def tell_alone(self, file: FilePlan, **said: Any) -> None:  # noqa: ANN401
        """Answer about a list and no other one, whatever its columns."""
        self.said.setdefault(name_of(file), {}).update(said)

    def read_as(self, file: FilePlan, table: str) -> None:
        """Take a list for another kind of list."""
        for name in self.alike.get(name_of(file), [name_of(file)]):
            for what in _READ_OTHERWISE:
                self.said.get(name, {}).pop(what, None)
        self.tell(file, table=table)

    def options(self, who: str | None) -> Options:
        """The answers as an import takes them."""
        return Options(files={name: Told(**said) for name, said in self.said.items()}, who=who)

    def group(self, files: Iterable[FilePlan], *, is_wished: bool) -> None:
        """Note which lists have the same columns, where the reader answers for all of them at once."""
        self.alike = {}
        for names in same_columns(files) if is_wished else []:
            self.alike.update(dict.fromkeys(names, names))

    def note(self, ids: Collection[str]) -> None:
        """Note an answer that came since the last call, and forget those about files that are gone."""
        self.said = {name: said for name, said in self.said.items() if said and name.split(" / ")[0] in ids}
        if self.said != self.steps[-1]:
            self.steps.append(deepcopy(self.said))


def name_of(file: FilePlan) -> str:
    """What a list is called among the answers: the narrowest of its names."""
    return file.names[-1]


def same_columns(files: Iterable[FilePlan]) -> list[list[str]]:
    """The names of lists that have the same columns as another one, together."""
    found: dict[frozenset[str], list[str]] = {}
    for file in files:
        if file.headers and not file.is_beside:
            found.setdefault(frozenset(normal(header) for header in file.headers), []).append(name_of(file))
    return [names for names in found.values() if len(names) > 1]


def of(files: Collection[str]) -> Answers:
    """The answers about these files, by their ids: none where nothing is left of the files they were given for."""
    kept: Answers = st.session_state.setdefault(_KEPT, Answers())
    if kept.said and not any(name.split(" / ")[0] in files for name in kept.said):
        kept = forget()
    kept.note(files)
    return kept


def take_back() -> None:
    """Return to what was answered before the last answer."""
    kept: Answers = st.session_state[_KEPT]
    st.session_state[_KEPT] = Answers(kept.turn + 1, kept.steps[:-1] or [{}])


def forget() -> Answers:
    """Begin without answers."""
    kept: Answers = st.session_state.get(_KEPT, Answers())
    made = st.session_state[_KEPT] = Answers(kept.turn + 1)
    return made
