"""Streamlit as tests run it: what each of its runs would look up anew is looked up once."""

from __future__ import annotations

from functools import cache

from streamlit.components.v2 import manifest_scanner


def prepare() -> None:
    """Look for installed components once per process.

    A server does so once, when it starts. An `AppTest` reads what every installed package says of itself in each of its
    runs, which takes as long as the page.
    """
    if not hasattr(manifest_scanner.scan_component_manifests, "cache_info"):
        manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)
