"""Flips: a recommendation wrong in one value of one condition, and whether a patient would have shown it.

A value that is listed is taken out, one that is not is listed. Which patients there are is not looked at here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from cds_service.guideline.features import PatientPicture
from cds_service.guideline.recommendations import Recommendation
from cds_service.guideline.vocabulary import VOCABULARY


@dataclass(frozen=True, slots=True, order=True)
class Flip:
    """One value of one fact that a recommendation asks for."""

    row: str
    fact: str
    value: str

    def __str__(self) -> str:
        return f"{self.row}: {self.fact} = {self.value}"


def asking(row: Recommendation, fact: str, values: frozenset[str]) -> Recommendation:
    """The recommendation with other values for one fact."""
    return replace(row, when={**row.when, fact: values})


def asked(row: Recommendation) -> dict[str, tuple[str, ...]]:
    """What a recommendation asks for, with all values of the vocabulary; what may have any value is not asked for."""
    every = {name: tuple(str(value) for value in VOCABULARY[name].values) for name in row.when}
    return {name: values for name, values in every.items() if row.when[name] != frozenset(values)}


def flips_of(row: Recommendation) -> Iterator[Flip]:
    """Every flip of a recommendation. A footer stands under the cards of others and is shown by them."""
    if not row.footer:
        yield from (Flip(row.id, fact, value) for fact, values in asked(row).items() for value in values)


def shown_by(row: Recommendation, picture: PatientPicture, hook: str) -> Iterator[Flip]:
    """The flips with which the recommendation would speak where it is silent here, or be silent where it speaks.

    What takes its place on the cards is not looked at.
    """
    if row.footer or hook not in row.hooks:
        return
    for tumor in picture.tumors if row.asks_tumor else (None,):
        seen = {fact: picture.feature(fact, tumor).values for fact in row.when}
        missed = [fact for fact, values in seen.items() if not values & row.when[fact]]
        if len(missed) > 1:
            continue  # no single value decides
        for fact in missed or asked(row):
            for value in sorted(seen[fact]):
                if bool(seen[fact] & (row.when[fact] ^ {value})) == bool(missed):
                    yield Flip(row.id, fact, value)
