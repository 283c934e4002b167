"""Imports run beside whoever asked, and a cancelled one leaves nothing behind."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

import duckdb

from data.ingest import Options, Source, jobs, plan
from data.ingest.jobs import Job
from data.store import Store
from tests.command_line import dump

TEXT = "deal_id,deal,status,amount,closed_on\n1,x,won,5,2026-01-05\n"


def wait(job: Job) -> Job:
    until = time.monotonic() + 60
    while not job.is_over and time.monotonic() < until:
        time.sleep(0.01)
    assert job.is_over
    return job


def test_a_job_loads_and_says_what_it_loaded(store: Store) -> None:
    job = wait(jobs.start(store, plan([Source("a.csv", TEXT.encode())])))
    assert job.error is None
    assert (job.share, job.is_cancelled) == (1.0, False)
    assert [(upload.file, upload.new) for upload in job.uploads] == [("a.csv", 1)]


def test_a_job_keeps_its_error(store: Store) -> None:
    open_question = plan([Source("a.csv", b"deal_id,deal,status,amount,closed_on\n1,x,won,5,01/02/2026\n")])
    job = wait(jobs.start(store, open_question))
    assert isinstance(job.error, ValueError)


class _Slow:
    """A store that stops in the middle of its writing, until it is told to go on."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.reached, self.go_on = Event(), Event()

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    @contextmanager
    def writing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with self._store.writing() as cursor:
            self.reached.set()
            assert self.go_on.wait(60)
            yield cursor


def test_cancelling_leaves_the_store_as_it_was(store: Store) -> None:
    wait(jobs.start(store, plan([Source("a.csv", TEXT.encode())])))
    before = dump(store.path, "crm"), dump(store.path, "ops"), store.version()
    slow = _Slow(store)
    job = jobs.start(slow, plan([Source("b.csv", TEXT.replace("5,", "6,").encode())], Options()))  # type: ignore[arg-type]
    assert slow.reached.wait(60)
    job.cancel()
    slow.go_on.set()
    wait(job)
    assert (job.is_cancelled, job.error, job.uploads) == (True, None, [])
    assert (dump(store.path, "crm"), dump(store.path, "ops"), store.version()) == before


def test_a_job_cancelled_while_it_waits_never_starts(store: Store) -> None:
    slow = _Slow(store)
    first = jobs.start(slow, plan([Source("a.csv", TEXT.encode())]))  # type: ignore[arg-type]
    second = jobs.start(store, plan([Source("b.csv", TEXT.replace("1,", "2,").encode())]))
    assert slow.reached.wait(60)
    second.cancel()
    slow.go_on.set()
    assert wait(second).is_cancelled
    assert wait(first).uploads[0].new == 1
    assert len(dump(store.path, "crm")["deals"]) == 1
