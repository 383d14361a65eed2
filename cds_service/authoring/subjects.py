"""The subjects that recommendations speak for and against: a small controlled list, with the orders that mean them.

Which recommendations oppose each other in one answer is `pairs`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from cds_service.errors import Problem, nearest
from cds_service.guideline.about_rows import Subject
from cds_service.guideline.call_values import Ordering
from cds_service.guideline.recommendations import Recommendation
from cds_service.guideline.vocabulary import Scope

FILE = "subjects.toml"


def subjects(document: Mapping[str, Mapping[str, Any]]) -> dict[str, Subject]:
    return {
        key: Subject(
            key,
            entry["title"],
            Scope(entry["scope"]),
            entry.get("part_of", ""),
            frozenset(entry.get("orders", ())),
            frozenset(entry.get("drafts", ())),
        )
        for key, entry in document.items()
    }


def subject_problems(listed: Mapping[str, Subject], orders: Collection[str]) -> Iterator[Problem]:
    """Words that mean nothing, and orders that no subject or several stand for."""
    for subject in listed.values():
        if subject.part_of and (subject.part_of not in listed or listed[subject.part_of].part_of):
            yield Problem(FILE, f"{subject.id}.part_of", f"{subject.part_of!r} is no subject that stands by itself")
        for word in sorted(subject.drafts - set(Ordering)):
            yield Problem(
                FILE, f"{subject.id}.drafts", f"{word!r} is no value of ordering{nearest(word, map(str, Ordering))}"
            )
        for order in sorted(subject.orders - set(orders)):
            yield Problem(
                FILE, f"{subject.id}.orders", f"{order!r} is no order{nearest(order, orders)}", f"orders/{order}.toml"
            )
    for order in sorted(orders):
        holders = [subject.id for subject in listed.values() if order in subject.orders]
        if len(holders) != 1:
            yield Problem(FILE, "", f"the order {order!r} stands in {len(holders)} subjects; in one it must", FILE)


def word_problems(row: Recommendation, listed: Mapping[str, Subject]) -> Iterator[Problem]:
    """Words of a row that are not listed, or said both ways; what it offers and does not speak for."""
    for key, words in (("for", row.favors), ("against", row.opposes)):
        for word in sorted(words - listed.keys()):
            yield Problem(row.file, key, f"{word!r} is not in {FILE}{nearest(word, listed)}", FILE)
    for word in sorted(row.favors & row.opposes):
        yield Problem(row.file, "for", f"{word!r} stands in `against` too")
    if not row.footer and not row.favors | row.opposes:
        yield Problem(row.file, "for", "it speaks for and against nothing")
    yield from _offer_problems(row, listed)


def _offer_problems(row: Recommendation, listed: Mapping[str, Subject]) -> Iterator[Problem]:
    meant = {order for word, subject in listed.items() if word not in row.favors for order in subject.orders}
    removed = {draft for word in row.opposes & listed.keys() for draft in listed[word].drafts}
    for plan in row.suggestions:
        for order in sorted(meant & set(plan.creates)):
            words = f"a suggestion drafts {order!r}, and the row does not speak for it"
            yield Problem(row.file, "for", words, FILE)
        if plan.deletes_order and not row.when.get("ordering", frozenset()) <= removed:
            words = "a suggestion removes the order, and the row does not speak against it"
            yield Problem(row.file, "against", words, FILE)
