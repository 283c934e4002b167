"""Imports run beside whoever asked, and a cancelled one leaves nothing behind."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Barrier, Event, Thread

import duckdb
import pytest

from data import recording
from data.ingest import Options, Plan, Source, jobs, plan, rehearse, run
from data.ingest.jobs import Job
from data.progress import Step
from data.store import Store
from data.truth import uploads
from metrics.cuts import total
from metrics.view import View
from metrics.viewer import EVERYTHING
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


# ------------------------------------------------------------------------------------------------ stopped at any moment


def deals(rows: int, amount: int = 1) -> bytes:
    """Deals of some reps and customers."""
    lines = (f"{n},Deal {n},Rep {n % 9},Acme {n % 50},won,{amount},2026-02-0{n % 9 + 1}" for n in range(rows))
    return "\n".join(("deal_id,deal,rep,customer,status,amount,closed_on", *lines)).encode()


@pytest.fixture
def stop_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], list[str]]:
    """Cancel whatever works at its n-th step; the names of the steps that were reached."""

    def at(number: int) -> list[str]:
        reached: list[str] = []

        def told(job: Job, step: Step) -> None:
            reached.append(step.name)
            if len(reached) == number:
                job.cancel()
            hear(job, step)

        monkeypatch.setattr(Job, "told", told)
        return reached

    hear = Job.told
    return at


def rehearsal(store: Store, made: Plan) -> Job:
    return jobs.rehearse(lambda: rehearse(store, made), made)


def everything(store: Store) -> tuple[object, ...]:
    files = sorted(path.name for path in store.folder.rglob("*") if path.is_file())
    return dump(store.path, "crm"), dump(store.path, "ops"), store.version(), files


def test_reading_is_cancelled_at_every_step_and_is_over_at_once(
    store: Store, stop_at: Callable[[int], list[str]]
) -> None:
    wait(jobs.start(store, plan([Source("a.csv", deals(20))])))
    before = everything(store)
    steps = stop_at(0)
    whole = wait(jobs.read([Source("b.csv", deals(30))], Options(), store))
    assert [file.read for file in whole.result.files] == [30]
    assert {"reading", "recognising", "typing", "checking", "comparing"} <= set(steps)
    for number in range(1, len(steps) + 1):
        reached = stop_at(number)
        job = jobs.read([Source("b.csv", deals(30))], Options(), store)
        assert job.wait(60)
        assert (job.is_cancelled, job.error, job.result) == (True, None, None), steps[:number]
        assert reached[: number - 1] == steps[: number - 1]
    assert everything(store) == before


@pytest.mark.parametrize("kind", ["load", "rehearse"])
def test_what_writes_is_cancelled_at_every_step_without_a_trace(
    kind: str, store: Store, stop_at: Callable[[int], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "_AT_ONCE", 25)
    wait(jobs.start(store, plan([Source("a.csv", deals(20))])))
    before = everything(store)
    begin = {"load": jobs.start, "rehearse": rehearsal}[kind]
    made = plan([Source("b.csv", deals(100, 7))], Options(stages={"x": "won"}))
    number, steps = 0, []
    while True:
        number += 1
        reached = stop_at(number)
        job = wait(begin(store, made))
        if number > len(reached):
            break
        steps = reached
        assert (job.is_cancelled, job.error, job.result) == (True, None, None), reached
        with store.turn():  # a rehearsal is over for whoever watches before its thread is
            assert everything(store) == before, reached
    assert steps.count("writing") == 4
    assert {"comparing", "writing"} | ({"folding"} if kind == "load" else set()) <= set(steps)
    assert job.error is None
    if kind == "load":
        assert [(upload.new, upload.changed) for upload in job.uploads] == [(80, 20)], "the next one loads"
    else:
        assert [(count.new, count.changed) for count in job.result] == [(80, 20)]
        assert everything(store) == before


def test_a_load_is_cancelled_at_any_time_and_the_next_one_works(store: Store) -> None:
    wait(jobs.start(store, plan([Source("a.csv", deals(10))])))
    before = everything(store)
    made = plan([Source("b.csv", deals(20_000, 3))])
    cancelled = 0
    for seconds in (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8):
        job = jobs.start(store, made)
        job.wait(seconds)
        job.cancel()
        wait(job)
        assert job.error is None
        if not job.is_cancelled:
            break
        cancelled += 1
        assert everything(store) == before, seconds
    assert cancelled
    if job.is_cancelled:
        job = wait(jobs.start(store, made))
    assert [(upload.new, upload.changed) for upload in job.uploads] == [(19_990, 10)]


def test_steps_say_their_rows_and_shares_only_grow(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "_AT_ONCE", 250)
    heard: list[Step] = []
    hear = Job.told
    monkeypatch.setattr(Job, "told", lambda job, step: (hear(job, step), heard.append(job.step)))
    job = wait(jobs.start(store, plan([Source("a.csv", deals(1000)), Source("b.csv", deals(500, 2))])))
    written = [(step.file, step.done, step.of) for step in heard if step.name == "writing"]
    assert written == [*(("a.csv", at, 1000) for at in (0, 250, 500, 750)), ("b.csv", 0, 500), ("b.csv", 250, 500)]
    assert [step.share for step in heard] == sorted(step.share for step in heard)
    assert (heard[0].share, job.share) == (0.0, 1.0)


# ------------------------------------------------------------------------------------------------------ several at once


def test_questions_are_answered_while_a_load_writes(store: Store) -> None:
    wait(jobs.start(store, plan([Source("a.csv", deals(10))])))
    slow = _Slow(store)
    job = jobs.start(slow, plan([Source("b.csv", deals(20))]))  # type: ignore[arg-type]
    assert slow.reached.wait(60)
    with store.snapshot() as seen:
        assert seen.ask(total("won_amount", View(as_of=seen.as_of)), EVERYTHING).frame["won_amount"][0] == 10
    reading = wait(jobs.read([Source("c.csv", deals(5))], Options(), store))
    assert reading.error is None, "reading waits for no load"
    assert reading.ahead == []
    slow.go_on.set()
    assert wait(job).uploads[0].new == 10


def test_two_loads_take_turns_and_the_second_knows_for_whom_it_waits(store: Store) -> None:
    slow = _Slow(store)
    first = jobs.start(slow, plan([Source("a.csv", deals(10))]))  # type: ignore[arg-type]
    assert slow.reached.wait(60)
    second = jobs.start(store, plan([Source("b.csv", deals(12, 2))]))
    third = rehearsal(store, plan([Source("c.csv", deals(12, 2))]))
    assert (first.ahead, second.ahead, third.ahead) == ([], [first], [first, second])
    assert (second.step.name, second.ahead[0].files) == ("waiting", ("a.csv",))
    slow.go_on.set()
    assert [(one.new, one.changed) for one in (*wait(first).uploads, *wait(second).uploads)] == [(10, 0), (2, 10)]
    assert [(count.new, count.changed, count.same) for count in wait(third).result] == [(0, 0, 12)]
    assert second.ahead == []


def test_a_load_that_waits_for_another_writer_is_cancelled_at_once(store: Store) -> None:
    with store.writing():
        job = jobs.start(store, plan([Source("a.csv", deals(10))]))
        assert not job.wait(0.3)
        assert job.step.name == "waiting"
        job.cancel()
        assert wait(job).is_cancelled
    assert store.version() == 1
    assert not list(store.folder.glob("*.json"))


def test_sessions_and_commands_that_begin_together_all_end_in_some_order(store: Store) -> None:
    """As the app does: pages begin jobs, handed-over commands run in threads of the server's."""
    results: list[object] = []
    begin = Barrier(4)

    def page(number: int) -> None:
        begin.wait()
        read = wait(jobs.read([Source(f"{number}.csv", deals(200, number))], Options(), store))
        results.append(wait(jobs.start(store, read.result)).uploads[0])

    def command(number: int) -> None:
        begin.wait()
        results.append(run(store, plan([Source(f"{number}.csv", deals(200, number))]))[0])

    threads = [Thread(target=work, args=(number,)) for number, work in enumerate((page, page, command, command), 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(results) == 4
    with store.snapshot() as seen:
        logged = uploads(seen)
        assert [upload.new for upload in logged] == [200, 0, 0, 0]
        assert [upload.changed for upload in logged] == [0, 200, 200, 200]
        assert store.version() == 4
        last = int(logged[-1].file.removesuffix(".csv"))
        assert seen.frame("select distinct amount::int as amount from crm.deals")["amount"].to_list() == [last]
    assert not list(store.folder.glob("*.json")), "no mark of a load is left"
