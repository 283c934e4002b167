"""A demo company: three years of a maker of automation equipment in China, from a seed.

`build` loads it through the same door as a real upload, so that it has uploads, sightings, versions and deals that are
gone. `STORIES` lists everything that was planted in it.
"""

from __future__ import annotations

from data.demo.company import BASE_DEALS, Size
from data.demo.files import Export, exports
from data.demo.loading import SEED, build
from data.demo.rhythm import AS_OF, START
from data.demo.stories import STORIES, Story

__all__ = ["AS_OF", "BASE_DEALS", "SEED", "START", "STORIES", "Export", "Size", "Story", "build", "exports"]
