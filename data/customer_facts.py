"""What is known of one customer, asked once: for the command line, the page, and the page to print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data.errors import UnknownCustomer
from metrics.customer import profile
from metrics.search import search

if TYPE_CHECKING:
    from data.store import Snapshot
    from metrics.viewer import Viewer


def who(seen: Snapshot, viewer: Viewer, name: str) -> dict[str, Any]:
    """Who a customer is: a row of `metrics.customer.profile`.

    Raises:
        UnknownCustomer: the viewer may see none of this name or id; with one whose name holds it, or begins like it.
    """
    found = seen.ask(profile(name), viewer).frame
    if found.is_empty():
        raise UnknownCustomer(name=name, suggestion=_meant(seen, viewer, name))
    return found.row(0, named=True)


def _meant(seen: Snapshot, viewer: Viewer, name: str) -> str | None:
    """A customer whose name holds these words, or the first of them."""
    for words in dict.fromkeys((name.strip(), *name.split()[:1], name.strip()[: len(name.strip()) // 2])):
        if len(words) > 1 and (rows := seen.ask(search("customers", words, 1), viewer).raw.to_dicts()):
            return str(rows[0]["name"])
    return None
