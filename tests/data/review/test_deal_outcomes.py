"""What was decided about deals, judged by the next weekly exports."""

from __future__ import annotations

from pathlib import Path

from tests.command_line import Company
from tests.data.review.weeks import FIRST, HEAD, add, listed, load
from tests.data.written import written


def test_the_next_week_shows_what_became_of_each(weekly: Company, tmp_path: Path) -> None:
    """Done, moved, not moved; the week after that, overdue."""
    done = add(weekly, "--deal", "D1", "--expect", "stage=Discover", "--due", "2026-06-14", "--what", "Push it on")
    moved = add(weekly, "--deal", "D2", "--expect", "stage=Negotiate", "--due", "2026-06-16")
    still = add(weekly, "--deal", "D3", "--expect", "won", "--due", "2026-06-14")
    before = listed(weekly)
    assert {row["outcome"] for row in before.values()} == {"unknown"}
    assert "no data of it since 7 Jun 2026" in before[done]["data"]["evidence"]
    load(
        weekly, tmp_path, "2026-06-14",
        D1="D1,Pumps,Acme,Ann Lee,Propose,open,10000,2026-05-01,2026-07-30,,Call",  # over one stage
        D2="D2,Valves,Bolt,Ann Lee,Discover,open,20000,2026-05-01,2026-07-30,,",
    )  # fmt: skip
    now = listed(weekly)
    assert [now[id_]["outcome"] for id_ in (done, moved, still)] == ["done", "moved", "not_moved"]
    assert now[done]["data"]["evidence"] == "from Qualify to Propose"
    assert now[moved]["data"]["evidence"] == "from Qualify to Discover"
    assert now[still]["data"]["evidence"] == "still in Discover"
    assert now[done]["met_on"] == "2026-06-14"
    assert not now[done]["is_open"]
    assert set(listed(weekly, "--as-of", "2026-06-07")) == {done, moved, still}
    assert {row["outcome"] for row in listed(weekly, "--as-of", "2026-06-10").values()} == {"unknown"}
    load(weekly, tmp_path, "2026-06-21", D1="D1,Pumps,Acme,Ann Lee,Propose,open,10000,2026-05-01,2026-07-30,,Call",
         D2="D2,Valves,Bolt,Ann Lee,Discover,open,20000,2026-05-01,2026-07-30,,")  # fmt: skip
    later = listed(weekly)
    assert [later[id_]["outcome"] for id_ in (done, moved, still)] == ["done", "overdue", "overdue"]
    assert later[moved]["data"]["evidence"] == "from Qualify to Discover"
    order = [row["id"] for row in weekly("actions", "--show", "all").json["actions"]]
    assert order == [still, moved, done], "overdue first, the longest due before; what is done last"
    assert weekly("actions").json["counts"] == {"overdue": 2, "done": 1}


def test_what_was_done_in_time_stays_done_whatever_comes_after(weekly: Company, tmp_path: Path) -> None:
    number = add(weekly, "--deal", "D1", "--expect", "stage=Discover", "--due", "2026-06-14")
    load(weekly, tmp_path, "2026-06-14", D1="D1,Pumps,Acme,Ann Lee,Discover,open,10000,2026-05-01,2026-07-30,,Call")
    load(weekly, tmp_path, "2026-06-21",
         D1="D1,Pumps,Acme,Ann Lee,Discover,lost,10000,2026-05-01,2026-07-30,2026-06-18,Call")  # fmt: skip
    one = listed(weekly)[number]
    assert one["outcome"] == "done"
    assert one["data"]["evidence"] == "from Qualify to Discover; since then lost on 18 Jun 2026"


def test_moved_on_and_back_before_the_day_is_not_done(weekly: Company, tmp_path: Path) -> None:
    number = add(weekly, "--deal", "D2", "--expect", "stage=Discover", "--due", "2026-06-21")
    load(weekly, tmp_path, "2026-06-14", D2="D2,Valves,Bolt,Ann Lee,Discover,open,20000,2026-05-01,2026-07-30,,")
    load(weekly, tmp_path, "2026-06-21")
    one = listed(weekly)[number]
    assert one["outcome"] == "not_moved"
    assert one["data"]["evidence"] == "still in Qualify; had been in Discover from 14 Jun 2026 to 20 Jun 2026"
    assert listed(weekly, "--as-of", "2026-06-15")[number]["outcome"] == "done"


def test_back_moves_and_lost_deals_are_no_move(weekly: Company, tmp_path: Path) -> None:
    back = add(weekly, "--deal", "D4", "--expect", "stage=Negotiate", "--due", "2026-06-21")
    lost = add(weekly, "--deal", "D3", "--expect", "stage=Propose", "--due", "2026-06-21")
    closed = add(weekly, "--deal", "D3", "--expect", "closed", "--due", "2026-06-21")
    load(
        weekly, tmp_path, "2026-06-14",
        D4="D4,Seals,Dyne,Bob Ray,Discover,open,40000,2026-05-01,2026-06-30,,",
        D3="D3,Meters,Cole,Bob Ray,Negotiate,lost,30000,2026-05-01,2026-06-30,2026-06-12,",
    )  # fmt: skip
    now = listed(weekly)
    assert (now[back]["outcome"], now[back]["data"]["evidence"]) == ("not_moved", "back from Propose to Discover")
    assert (now[lost]["outcome"], now[lost]["data"]["evidence"]) == ("failed", "lost on 12 Jun 2026")
    assert (now[closed]["outcome"], now[closed]["met_on"]) == ("done", "2026-06-12")


def test_a_guessed_order_of_stages_makes_no_verdict(company: Company, tmp_path: Path) -> None:
    """No list, no probability: only the stage itself counts; and what "back" means is frozen with the decision."""

    def of_week(day: str, **stage: str) -> None:
        stages = {"D1": "Qualify", "D2": "Qualify", "D3": "Wrangle", "D4": "Approach", **stage}
        rows = {id_: f"{FIRST[id_].split(',')[0]},{id_},Acme,Ann Lee,{now},open,10,2026-05-01,2026-07-30,,"
                for id_, now in stages.items()}  # fmt: skip
        load(company, tmp_path, day, **rows)

    of_week("2026-06-07")  # by the alphabet: Approach, Qualify, Wrangle
    to_approach = add(company, "--deal", "D1", "--expect", "stage=Approach", "--due", "2026-06-28")
    to_wrangle = add(company, "--deal", "D2", "--expect", "stage=Wrangle", "--due", "2026-06-28")
    of_week("2026-06-14", D2="Approach", D3="Qualify")  # one went each way, and the order is another one
    now = listed(company)
    assert (now[to_approach]["outcome"], now[to_wrangle]["outcome"]) == ("not_moved", "not_moved")
    assert now[to_wrangle]["data"]["evidence"].startswith("back from Qualify to Approach; the order of stages is a gue")
    of_week("2026-06-21", D1="Approach", D2="Wrangle", D3="Approach")
    then = listed(company)
    assert (then[to_approach]["outcome"], then[to_wrangle]["outcome"]) == ("done", "done")
    company.load(written(tmp_path, "Stage,Position,Status\nApproach,1,open\nQualify,2,open\nWrangle,3,open\n",
                         "stages.csv"), "--table", "stages")  # fmt: skip
    assert "guess" not in str(listed(company)[to_wrangle]["data"]), "told: no guess any more"


def test_a_known_list_stands_against_three_deals(company: Company, tmp_path: Path) -> None:
    """What was told done for a deal in Proposal when three deals had turned Proposal and Negotiation about."""

    def of_week(day: str, **stage: str) -> None:
        stages = {"D1": "Discovery", "D2": "Discovery", "D3": "Proposal", "D4": "Negotiation", **stage}
        load(company, tmp_path, day, **{
            id_: f"{id_},{id_},Acme,Ann Lee,{now},open,10,2026-05-01,2026-07-30,," for id_, now in stages.items()
        })  # fmt: skip

    of_week("2026-06-07")
    number = add(company, "--deal", "D1", "--expect", "stage=Negotiation", "--due", "2026-06-28")
    of_week("2026-06-14", D1="Proposal", D2="Negotiation", D3="Negotiation", D4="Proposal")
    one = listed(company)[number]
    assert one["outcome"] == "moved"
    assert one["data"]["evidence"].startswith("from Discovery to Proposal; the order of stages is a guess")
    of_week("2026-06-21", D1="Discovery", D4="Discovery")
    assert listed(company)[number]["data"]["evidence"].startswith("still in Discovery; ")


def test_won_late_is_late_to_the_day_and_reopened_is_said(weekly: Company, tmp_path: Path) -> None:
    late = add(weekly, "--deal", "D4", "--expect", "won", "--due", "2026-06-10")
    in_time = add(weekly, "--deal", "D3", "--expect", "won", "--due", "2026-06-10")
    again = add(weekly, "--deal", "D1", "--expect", "won", "--due", "2026-06-21")
    load(
        weekly, tmp_path, "2026-06-14",
        D4="D4,Seals,Dyne,Bob Ray,Propose,won,40000,2026-05-01,2026-06-30,2026-06-12,",
        D3="D3,Meters,Cole,Bob Ray,Propose,won,30000,2026-05-01,2026-06-30,2026-06-09,",
        D1="D1,Pumps,Acme,Ann Lee,Qualify,won,10000,2026-05-01,2026-07-30,2026-06-13,Call",
    )  # fmt: skip
    now = listed(weekly)
    assert now[late]["is_late"]
    assert now[late]["data"]["evidence"] == "won on 12 Jun 2026; late: it was due on 10 Jun 2026"
    assert not now[in_time]["is_late"]
    assert (now[in_time]["outcome"], now[again]["outcome"]) == ("done", "done")
    load(weekly, tmp_path, "2026-06-21", D4=None, D3=None)
    then = listed(weekly)
    assert then[again]["outcome"] == "not_moved"
    assert "had been won from 13 Jun 2026 to 20 Jun 2026" in then[again]["data"]["evidence"]
    assert then[late]["outcome"] == "done", "gone since, but done"
    assert "; not in the exports any more since 21 Jun 2026" in then[late]["data"]["evidence"]


def test_between_two_uploads_nobody_is_called_late(weekly: Company, tmp_path: Path) -> None:
    """Due on the 10th, seen undone on the 7th and done on the 14th: it may have been in time."""
    unknown = add(weekly, "--deal", "D2", "--expect", "stage=Discover", "--due", "2026-06-10")
    late = add(weekly, "--deal", "D1", "--expect", "stage=Discover", "--due", "2026-06-14")
    load(weekly, tmp_path, "2026-06-14", D2="D2,Valves,Bolt,Ann Lee,Discover,open,20000,2026-05-01,2026-07-30,,")
    now = listed(weekly)[unknown]
    assert (now["outcome"], now["is_late"]) == ("done", False)
    assert now["data"]["evidence"].endswith("between the uploads of 7 Jun 2026 and 14 Jun 2026, the day is not known")
    load(weekly, tmp_path, "2026-06-21", D1="D1,Pumps,Acme,Ann Lee,Discover,open,10000,2026-05-01,2026-07-30,,Call",
         D2="D2,Valves,Bolt,Ann Lee,Discover,open,20000,2026-05-01,2026-07-30,,")  # fmt: skip
    then = listed(weekly)
    assert (then[late]["outcome"], then[late]["is_late"]) == ("done", True), "seen undone on the day it was due"
    assert not then[unknown]["is_late"]


def test_a_deal_that_vanished_is_neither_moved_nor_not(weekly: Company, tmp_path: Path) -> None:
    number = add(weekly, "--deal", "D2", "--expect", "stage=Discover", "--due", "2026-06-10")
    load(weekly, tmp_path, "2026-06-14", D2=None)
    one = listed(weekly)[number]
    assert (one["outcome"], one["is_open"]) == ("unknown", True)
    assert one["data"]["evidence"].startswith("not in the exports any more since 14 Jun 2026")


def test_a_deal_that_was_joined_to_another_is_neither_moved_nor_not(weekly: Company, tmp_path: Path) -> None:
    """What the other deal does is another promise; the one that was made can still be read."""
    number = add(weekly, "--deal", "D2", "--expect", "stage=Discover", "--due", "2026-06-20")
    other = add(weekly, "--deal", "D1", "--expect", "stage=Discover", "--due", "2026-06-20")
    joined = written(tmp_path, "merged_deal_id,deal_id\nD2,D1\n", "merged.csv")
    weekly.load(joined, "--profile", "hubspot", "--as-of", "2026-06-14", "--part")
    load(weekly, tmp_path, "2026-06-14", D1="D1,Pumps,Acme,Ann Lee,Discover,open,10000,2026-05-01,2026-07-30,,Call")
    now = listed(weekly)
    assert (now[number]["outcome"], now[number]["label"], now[other]["outcome"]) == ("unknown", "Valves", "done")
    assert "deleted or joined to another" in now[number]["data"]["evidence"]


def test_amount_close_and_next_step(weekly: Company, tmp_path: Path) -> None:
    more = add(weekly, "--deal", "D1", "--expect", "amount=12000", "--due", "2026-06-21")
    some = add(weekly, "--deal", "D1", "--expect", "amount=20000", "--due", "2026-06-21")
    sooner = add(weekly, "--deal", "D1", "--expect", "close_by=2026-06-30", "--due", "2026-06-21")
    bit = add(weekly, "--deal", "D1", "--expect", "close_by=2026-06-20", "--due", "2026-06-21")
    step = add(weekly, "--deal", "D2", "--expect", "next_step", "--due", "2026-06-21")
    none = add(weekly, "--deal", "D3", "--expect", "next_step", "--due", "2026-06-21")
    load(
        weekly, tmp_path, "2026-06-14",
        D1="D1,Pumps,Acme,Ann Lee,Qualify,open,15000,2026-05-01,2026-06-28,,Call",
        D2="D2,Valves,Bolt,Ann Lee,Qualify,open,20000,2026-05-01,2026-07-30,,Send the quote",
    )  # fmt: skip
    now = listed(weekly)
    assert [now[one]["outcome"] for one in (more, some, sooner, bit, step, none)] == [
        "done", "moved", "done", "moved", "done", "not_moved",
    ]  # fmt: skip
    assert now[some]["data"]["evidence"] == "from 10K to 15K"
    assert now[bit]["data"]["evidence"] == "expected close from 30 Jul 2026 to 28 Jun 2026"
    assert now[step]["data"]["evidence"] == "next step: Send the quote"


def test_a_part_that_leaves_the_deal_out_says_nothing_of_it(weekly: Company, tmp_path: Path) -> None:
    number = add(weekly, "--deal", "D2", "--expect", "stage=Discover", "--due", "2026-06-10")
    other = add(weekly, "--deal", "D1", "--expect", "stage=Discover", "--due", "2026-06-10")
    part = written(tmp_path, HEAD + FIRST["D1"] + "\n", "deals_2026-06-14.csv")
    weekly.load(part, "--table", "deals", "--as-of", "2026-06-14", "--part", "--key", "Deal ID")
    now = listed(weekly)
    assert (now[number]["outcome"], now[other]["outcome"]) == ("unknown", "overdue")
    upload = weekly("uploads").json["uploads"][-1]["id"]
    weekly("undo", upload)
    assert listed(weekly)[other]["outcome"] == "unknown", "an upload that was undone tells nothing"


def test_a_list_without_the_column_says_nothing_of_it(weekly: Company, tmp_path: Path) -> None:
    step = add(weekly, "--deal", "D2", "--expect", "next_step", "--due", "2026-06-10")
    won = add(weekly, "--deal", "D2", "--expect", "won", "--due", "2026-06-10")
    bare = "Deal ID,Deal Name,Owner,Stage,Status\n" + "".join(
        f"{id_},x,Ann Lee,Qualify,open\n" for id_ in ("D1", "D2", "D3", "D4")
    )
    weekly.load(written(tmp_path, bare), "--table", "deals", "--as-of", "2026-06-14", "--full", "--key", "Deal ID",
                "--map", "Owner=rep")  # fmt: skip
    now = listed(weekly)
    assert (now[step]["outcome"], now[won]["outcome"]) == ("unknown", "overdue")


def test_an_older_export_loaded_later_tells_nothing_new(weekly: Company, tmp_path: Path) -> None:
    number = add(weekly, "--deal", "D2", "--expect", "stage=Discover", "--due", "2026-06-10")
    load(weekly, tmp_path, "2026-06-01")
    assert listed(weekly)[number]["outcome"] == "unknown"


def test_an_export_that_comes_late_tells_when_it_was_done(weekly: Company, tmp_path: Path) -> None:
    """That of the 21st is loaded first: until that of the 14th comes, nobody knows that it was in time."""
    moved = "D1,Pumps,Acme,Ann Lee,Discover,open,10000,2026-05-01,2026-07-30,,Call"
    number = add(weekly, "--deal", "D1", "--expect", "stage=Discover", "--due", "2026-06-14")
    back = add(weekly, "--deal", "D2", "--expect", "stage=Discover", "--due", "2026-06-14")
    load(weekly, tmp_path, "2026-06-21", D1=moved)
    assert listed(weekly)[number]["met_on"] == "2026-06-21"
    load(weekly, tmp_path, "2026-06-14", D1=moved,
         D2="D2,Valves,Bolt,Ann Lee,Discover,open,20000,2026-05-01,2026-07-30,,")  # fmt: skip
    now = listed(weekly)
    assert (now[number]["outcome"], now[number]["met_on"], now[number]["is_late"]) == ("done", "2026-06-14", False)
    assert (now[back]["outcome"], now[back]["met_on"]) == ("done", "2026-06-14"), "whatever the 21st said after it"
    assert listed(weekly, "--as-of", "2026-06-14")[number]["outcome"] == "done"
