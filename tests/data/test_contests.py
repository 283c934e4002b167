"""Contests and trainings on the command line: made, shown, settled, refused; and what a row scope leaves of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.command_line import Company, run

FILES = {
    "reps": "rep,team,hired_on\nAnn,North,2020-01-01\nBob,North,2020-01-01\nCid,South,2020-01-01\n",
    "deals": "deal_id,deal,rep,pipeline,stage,status,amount,created_on,closed_on\n" + "".join(
        f"{name}{month},{name} {month},{name},P,Won,won,{amount * month},2026-{month:02}-02,2026-{month:02}-05\n"
        for month in range(1, 9) for name, amount in (("Ann", 100), ("Bob", 50), ("Cid", 10))
    ),
    "targets": "measure,scope,scope_value,starts_on,ends_on,value\n"
               "won_amount,rep,Ann,2026-08-01,2026-08-31,1600\nwon_amount,rep,Bob,2026-08-01,2026-08-31,400\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    folder = tmp_path_factory.mktemp("contests")
    made = Company(folder / "company.duckdb")
    for name, text in FILES.items():
        (folder / f"{name}.csv").write_text(text)
        made.load(folder / f"{name}.csv", "--table", name, "--as-of", "2026-08-31", "--full", "--currency", "CNY")
    for email, scope in (("ann@x.com", ("rep", "--rep", "Ann")), ("boss@x.com", ("all",))):
        assert made("viewers", "--add", email, "--scope", *scope).code == 0
    yield made
    made.close()


BOSS, ANN = ("--as", "boss@x.com"), ("--as", "ann@x.com")
AUGUST = ("--from", "2026-08-01", "--to", "2026-08-31")


def test_a_contest_from_beginning_to_end(loaded: Company) -> None:
    made = loaded(
        "contests", "new", "August", *AUGUST, "--team", "North", "--rule", "target", "--prizes", "A bike", *BOSS
    )
    assert made.code == 0, made.err
    (listed,) = loaded("contests", *BOSS).json["contests"]
    assert (listed["name"], listed["rule"], listed["teams"], listed["prizes"]) == (
        "August",
        "target",
        ["North"],
        "A bike",
    )
    bob, ann = loaded("contests", "standing", "august", *BOSS).json["rows"]
    assert (bob["rep"], bob["standing_rank"], bob["value"], bob["score"]) == ("Bob", 1, 400, 1)
    assert (ann["rep"], ann["standing_rank"], ann["score"], ann["behind"]) == ("Ann", 2, 0.5, 800)
    days = loaded("contests", "race", "August", *BOSS).json["rows"]
    assert (len(days), days[-1]["score"]) == (62, 1)
    assert loaded("contests", "settle", "August", *BOSS).code == 0
    final = loaded("contests", "standing", "August", *BOSS).json
    assert ([row["member"] for row in final["rows"]], final["as_of"]) == (["Bob", "Ann"], "2026-08-31")
    again = loaded("contests", "settle", "August", *BOSS)
    assert (again.code, again.json["error"]["code"]) == (1, "ContestSettled")
    mine = loaded("contests", "standing", "August", *ANN).json["rows"]
    assert [(row["member"], row["rank"]) for row in mine] == [("Ann", None)]
    assert loaded("contests", "delete", "August", *BOSS).code == 0
    assert loaded("contests", *BOSS).json["contests"] == []


def test_an_open_contest_is_seen_by_whoever_takes_part(loaded: Company) -> None:
    for name, options in (("Open", ("--open",)), ("Closed", ()), ("South", ("--open", "--team", "South"))):
        assert loaded("contests", "new", name, *AUGUST, *options, *BOSS).code == 0
    everybody = loaded("contests", "standing", "Open", *ANN).json
    assert [(row["rep"], row["standing_rank"]) for row in everybody["rows"]] == [("Ann", 1), ("Bob", 2), ("Cid", 3)]
    assert everybody["sql"] == ""  # of what others did only the scores
    (mine,) = loaded("contests", "standing", "Closed", *ANN).json["rows"]
    assert (mine["rep"], mine["value"], mine["standing_rank"]) == ("Ann", 800, None)
    assert loaded("contests", "standing", "South", *ANN).json["rows"] == []
    for name in ("Open", "Closed", "South"):
        loaded("contests", "delete", name, *BOSS)


def test_what_cannot_be_is_refused_in_both_languages(loaded: Company) -> None:
    refused = {
        "MeasureNotAddedUp": ("new", "x", *AUGUST, "--measure", "win_rate"),
        "UnknownMeasure": ("new", "x", *AUGUST, "--measure", "wins"),
        "BadPeriod": ("new", "x", "--from", "2026-08-31", "--to", "2026-08-01"),
        "UnknownParticipant": ("new", "x", *AUGUST, "--rep", "Anne"),
        "ContestNeedsName": ("new", " ", *AUGUST),
        "UnknownContest": ("standing", "nothing"),
    }
    for code, argv in refused.items():
        ran = loaded("contests", *argv, *BOSS)
        assert (ran.code, ran.json["error"]["code"]) == (1, code)
        chinese = run("contests", *argv, *BOSS, "--store", loaded.path, lang="zh-CN")
        assert chinese.code == 1
        assert any(ord(letter) > 0x4E00 for letter in chinese.err)
    assert loaded("contests", *BOSS).json["contests"] == []
    assert loaded("contests", "new", "Late", "--from", "2026-08-01", "--to", "2026-09-30", *BOSS).code == 0
    assert loaded("contests", "settle", "Late", *BOSS).json["error"]["code"] == "ContestNotOver"
    assert loaded("contests", "new", "late", *AUGUST, *BOSS).json["error"]["code"] == "ContestNameTaken"
    loaded("contests", "delete", "Late", *BOSS)
    assert loaded("contests", "standing").code == 2
    assert loaded("contests", "new", "x", *BOSS).code == 2


def test_records_and_streaks_as_whoever_asks_may_see_them(loaded: Company) -> None:
    rows = loaded("contests", "records", *AUGUST, *BOSS).json["rows"]
    new = {(row["member"], row["record"]): row["value"] for row in rows if row["is_new"]}
    assert new["Ann", "month"] == 800
    assert new["", "month"] == 1280
    assert new["North", "month"] == 1200
    mine = loaded("contests", "records", *AUGUST, *ANN).json  # her 800 are no record of North, nor of the company
    assert {(row["member"], row["whose"]) for row in mine["rows"]} == {("Ann", "rep")}
    assert {row["value"] for row in mine["rows"] if row["record"] == "month"} == {800}
    assert mine["notes"][-1].startswith("You see a part of the company")
    assert loaded("contests", "streaks", "--by", "company", *ANN).json["rows"] == []
    streak = {row["member"]: row for row in loaded("contests", "streaks", *BOSS).json["rows"]}
    assert (streak["Ann"]["held_against"], streak["Ann"]["running"], streak["Ann"]["months_over"]) == ("median", 4, 4)
    assert loaded("contests", "wins", *BOSS).json["rows"] == []  # eight deals are too few
    assert loaded("contests", "improved", *AUGUST, *BOSS).json["rows"] == []
    for lang in ("en", "zh-CN"):
        for word in ("records", "streaks", "wins", "list"):
            ran = run("contests", word, *BOSS, "--store", loaded.path, lang=lang)
            assert ran.code == 0, ran.err
            assert "_" not in ran.out


def test_a_training_is_kept_judged_and_taken_away(loaded: Company) -> None:
    made = loaded("trainings", "new", "--name", "Talks", "--held", "2026-03-01", "--rep", "Ann", "--rep", "Bob", *BOSS)
    assert made.json["training"]["id"] == 1
    answer = loaded("trainings", "effect", 1, "--measure", "won_amount", *BOSS).json
    assert (answer["rows"], answer["effect"]) == ([], None)
    assert "Too few" in " ".join(answer["notes"])
    (mine,) = loaded("trainings", "list", *ANN).json["trainings"]
    assert mine["reps"] == ["Ann"]
    for lang in ("en", "zh-CN"):
        ran = run("trainings", "effect", 1, *BOSS, "--store", loaded.path, lang=lang)
        assert ran.code == 0
        assert "_" not in ran.out
    for code, argv in (
        ("UnknownTraining", ("effect", 7)), ("UnknownTraining", ("delete", 7)),
        ("TrainingNeedsPeople", ("new", "--name", "x", "--held", "2026-03-01")),
        ("TrainingNeedsName", ("new", "--held", "2026-03-01", "--rep", "Ann")),
        ("UnknownParticipant", ("new", "--name", "x", "--held", "2026-03-01", "--rep", "Ana")),
        ("NotPersonal", ("effect", 1, "--measure", "cycle_days", *BOSS)),
    ):  # fmt: skip
        assert loaded("trainings", *argv, *(() if BOSS[1] in argv else BOSS)).json["error"]["code"] == code
    assert loaded("trainings", "delete", 1, *BOSS).code == 0
    assert loaded("trainings", "list", *BOSS).json["trainings"] == []


def test_whoever_sees_a_part_changes_nothing_and_is_told_of_their_own_part_only(loaded: Company) -> None:
    people = ("--rep", "Ann", "--rep", "Bob")
    for name, options in (("Pair", people), ("Others", ("--rep", "Bob")), ("Teams", ("--unit", "team"))):
        assert loaded("contests", "new", name, *AUGUST, *options, *BOSS).code == 0
        assert loaded("contests", "settle", name, *BOSS).code == 0
    listed = loaded("contests", "list", *ANN)
    assert {one["name"]: one["reps"] for one in listed.json["contests"]} == {"Pair": ["Ann"], "Teams": []}
    assert not {"Bob", "Cid"} & set(listed.out.replace('"', " ").split())
    assert loaded("contests", "list").code == 1  # a guarded store answers nobody unnamed
    assert loaded("contests", "standing", "Teams", *ANN).json["rows"] == []  # the sum of a team is what others did
    training = ("trainings", "new", "--name", "x", "--held", "2026-03-01", "--rep", "Ann")
    changes = (("contests", "new", "Mine", *AUGUST), ("contests", "settle", "Pair"), ("contests", "delete", "Others"))
    for argv in (*changes, training, ("trainings", "delete", 1)):
        assert loaded(*argv, *ANN).json["error"]["code"] == "RecognitionNotYours"
    for name in ("Pair", "Others", "Teams"):
        assert loaded("contests", "delete", name, *BOSS).code == 0


def test_own_rows_are_not_told_as_those_of_ones_team(loaded: Company) -> None:
    """Ann won 800 in August, her team North 1,200."""
    assert loaded("contests", "new", "Teams", *AUGUST, "--unit", "team", *BOSS).code == 0
    standing = {row["team"]: row["value"] for row in loaded("contests", "standing", "Teams", *BOSS).json["rows"]}
    assert standing["North"] == 1200
    for what in ("standing", "race"):
        told = loaded("contests", what, "Teams", *ANN).json
        assert told["rows"] == []
        assert told["notes"][-1].startswith("Teams take part, and you see your own rows only")
    loaded("contests", "delete", "Teams", *BOSS)
    assert loaded("contests", "new", "Open", *AUGUST, "--unit", "team", "--open", *BOSS).code == 0
    shown = {row["team"]: row["value"] for row in loaded("contests", "standing", "Open", *ANN).json["rows"]}
    loaded("contests", "delete", "Open", *BOSS)
    assert shown == standing
