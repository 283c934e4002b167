"""Elements of slides that python-pptx has no words for."""

from __future__ import annotations

from typing import Any

from pptx.oxml.ns import qn


def child(parent: Any, tag: str, **attributes: str) -> Any:  # noqa: ANN401 - lxml's
    """A new last element within another.

    Args:
        tag: with its prefix ("a:ln"), or with its whole namespace in braces.
    """
    made = parent.makeelement(tag if tag.startswith("{") else qn(tag), attributes)
    parent.append(made)
    return made
