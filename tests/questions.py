"""Values for every parameter that a question file of `metrics/sql` knows, about a company of a certain day."""

from __future__ import annotations

from datetime import date, timedelta

from metrics import rfm_cells


def file_values(day: date, deal_id: str) -> dict[str, object]:
    """A quarter that ends on `day`, the week before it, and one deal."""
    back = {f"back_{place}": day - timedelta(days=28 * place) for place in range(1, 14)}
    return back | {
        "horizon": 60, "year_before": day - timedelta(days=365),
        "deal_id": deal_id, "day": day, "until": day, "as_of": day, "has_period": True, "of_kind": True,
        "only_back": False,
        "is_past": False, "is_first": True, "step": 2,
        "from_on": day - timedelta(days=90), "to_on": day, "from_day": day - timedelta(days=7), "to_day": day,
        "within": 14, "early_to": day + timedelta(days=14), "least_touches": 4, "quiet_since": day - timedelta(days=2),
        "before_from": day - timedelta(days=400),
        "before_to": day - timedelta(days=300), "until_before": day - timedelta(days=210),
        "span_from": day - timedelta(days=400), "span_to": day, "least_orders": 1, "least_silent": 45,
        "silent_days": 30, "least_won": 5, "most_products": 50, "least_cut": 0.001,
        "groups_a_key": 1e-16, "discount": 0.1,
        "least_pushes": 2, "cut_share": 0.1, "cut_days": 90, "big_share": 0.1, "big_times": 2, "is_bounded": True,
        "commit_from": 0.9, "best_case_from": 0.6, "later_from": day + timedelta(days=366),
        "credit": "shares", "dated_by": "paid_on", "grain": "quarter", "of": "gross_margin", "rep": "Ann",
        "customer": "Acme", "now_from": day - timedelta(days=181), "then_to": day - timedelta(days=364),
        "least_span": 0, "class_a": 0.8, "since": day - timedelta(days=180), "scores_from": day - timedelta(days=180),
        "unsatisfied": 0.4, "of_company": 0.02, "of_team": 0.05, "of_rep": 0.1, "least_buyers": 1, "least_times": 1,
        "with_shares": True,
        "renew_until": day + timedelta(days=90), "untouched_since": day - timedelta(days=30),
        "first": day - timedelta(days=365), "running": day - timedelta(days=30), "most": 5, "least_days": 30,
        "start": day - timedelta(days=365),
        "by_orders": True, "is_filtered": False, "is_one": False,
        "brought_from": day - timedelta(days=1_095), "then_day": day - timedelta(days=60), "cut_a": 0.8, "cut_b": 0.95,
        "points": 50, "least_scored": 2, **rfm_cells.bound(), "goal": "won_amount",
        "is_low_better": False,
        "due_from": day - timedelta(days=30), "due_to": day + timedelta(days=60),
        "by_customer": False, "best_share": 0.2, "parts_a_key": 1e-16,
        "then": day - timedelta(days=180), "before": day - timedelta(days=360),
        "year_from": day - timedelta(days=364), "then_from": day - timedelta(days=544),
        "others_each": 10, "least_others": 100, "promotes": 9, "detracts": 6, "satisfied": 0.8,
        "by": "product", "window": 28,
    }  # fmt: skip
