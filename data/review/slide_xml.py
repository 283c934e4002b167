"""Elements of slides that python-pptx has no words for."""

from __future__ import annotations

from typing import Any

from pptx.oxml.ns import qn

POWERPOINT = "http://schemas.microsoft.com/office/powerpoint/2010/main"
"""Where sections are: what came after the standard, under the name that PowerPoint itself gives it."""


def child(parent: Any, tag: str, **attributes: str) -> Any:  # noqa: ANN401 - lxml's
    """A new last element within another.

    Args:
        tag: with its prefix ("a:ln"); "p14" is POWERPOINT.
    """
    if tag.startswith("p14:"):
        made = parent.makeelement(f"{{{POWERPOINT}}}{tag.removeprefix('p14:')}", attributes, {"p14": POWERPOINT})
    else:
        made = parent.makeelement(qn(tag), attributes)
    parent.append(made)
    return made
