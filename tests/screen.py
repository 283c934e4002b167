"""Streamlit as tests run it: what each of its runs would look up anew is looked up once."""

from __future__ import annotations

from functools import cache

from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import local_script_runner


def prepare() -> None:
    """Look for installed components once per process, and wait for a run's thread instead of looking at it.

    A server looks once, when it starts. An `AppTest` reads what every installed package says of itself in each of its
    runs, which takes as long as the page; and it looks a thousand times in a second whether the run is over.
    """
    local_script_runner.require_widgets_deltas = _wait
    if not hasattr(manifest_scanner.scan_component_manifests, "cache_info"):
        manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


def _wait(runner: local_script_runner.LocalScriptRunner, timeout: float = 3) -> None:
    """A run that is not over in time is stopped and told of, as otherwise."""
    if runner._script_thread is not None:
        runner._script_thread.join(timeout)
    if not runner.script_stopped():
        runner.request_stop()
        runner.join()
        raise RuntimeError(f"the page was not there after {timeout} seconds")
