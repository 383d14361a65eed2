"""The pairs of recommendations that oppose each other and were looked at, and the check that no other pair does.

Which pairs there are is `pairs`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any

from cds_service.authoring.pairs import Pairs
from cds_service.errors import Problem, nearest
from cds_service.guideline.about_rows import Opposed, Reviewed
from cds_service.guideline.concepts import OrderPlan

FILE = "reviewed_pairs.toml"


def reviewed(document: Mapping[str, Any]) -> tuple[Reviewed, ...]:
    return tuple(
        Reviewed(
            entry["subject"], tuple(entry["speak_for"]), tuple(entry["speak_against"]), entry["why"], entry["status"]
        )
        for entry in document.get("reviewed", ())
    )


def entry_problems(listed: Iterable[Reviewed], subjects: Collection[str]) -> Iterator[Problem]:
    """Words of the file that mean no subject; that the rows are there is a matter of the pairs."""
    for entry in listed:
        if entry.subject not in subjects:
            yield Problem(
                FILE, "subject", f"{entry.subject!r} is not in subjects.toml{nearest(entry.subject, subjects)}"
            )


def reasons(listed: Iterable[Reviewed]) -> dict[Opposed, str]:
    """Why each pair that was looked at is no contradiction."""
    return {opposed: entry.why for entry in listed for opposed in entry.opposed}


def pair_problems(pairs: Pairs, listed: Iterable[Reviewed]) -> Iterator[Problem]:
    """Opposed pairs that nobody looked at, and entries for pairs that cannot stand together or do not oppose."""
    seen = [opposed for entry in listed for opposed in entry.opposed]
    for opposed in pairs.opposed:
        if opposed not in seen:
            words = f"{opposed.speaks_for} speaks for it and {opposed.speaks_against} against it in one answer"
            yield Problem(FILE, opposed.subject, f"{words}, and no entry says why that is no contradiction")
    for opposed in dict.fromkeys(seen):
        names = f"{opposed.speaks_for} and {opposed.speaks_against}"
        if seen.count(opposed) > 1:
            yield Problem(FILE, opposed.subject, f"{names} are listed twice")
        if opposed not in pairs.opposed:
            yield Problem(FILE, opposed.subject, f"{names} do not oppose each other there in one answer: not needed")


def order_problems(orders: Mapping[str, OrderPlan]) -> Iterator[Problem]:
    """Orders that mean the same and would be offered side by side."""
    for one, other in combinations(orders.values(), 2):
        alike = f"orders/{one.id}" in other.same_as or f"orders/{other.id}" in one.same_as
        if alike and not (one.id in other.gives_way_to or other.id in one.gives_way_to):
            yield Problem(f"orders/{one.id}.toml", "gives_way_to", f"it or {other.id!r} must give way: they are alike")
    for order in orders.values():
        for name in sorted(order.gives_way_to - orders.keys()):
            yield Problem(f"orders/{order.id}.toml", "gives_way_to", f"{name!r} is not an order that can be drafted")


def pairs_line(pairs: Pairs, listed: Iterable[Reviewed]) -> str:
    """How many pairs can stand together, how many of them oppose each other with a reason on file, and without."""
    seen = set(pairs.opposed) & reasons(listed).keys()
    open_ = len(pairs.opposed) - len(seen)
    return f"{len(pairs.possible)} can stand together, {len(seen)} opposed with a reason, {open_} contradictions"
