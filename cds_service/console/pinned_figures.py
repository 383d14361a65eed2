"""Which figures of the knowledge are pinned: each has a page in `fhir_fixtures/boundaries` with cases on both sides.

Counts the pages only; that the cases hold, and that a moved figure is noticed, is asked by the tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from cds_service.cases.corpus import Corpus
from cds_service.guideline.knowledge import Knowledge

_ENOUGH = 2  # cases: one on either side


def figures(knowledge: Knowledge) -> tuple[str, ...]:
    """Their names, which are those of their pages: limits.toml, and what markers bring where a result does not."""
    return (*(field.name for field in fields(knowledge.limits)), *_of_markers(knowledge))


def _of_markers(knowledge: Knowledge) -> Iterator[str]:
    for name, marker in sorted(knowledge.markers.items()):
        if marker.upper_limit:
            yield f"markers.{name}.upper_limit"
        if any(marker.plausible_limit):
            yield from (f"markers.{name}.plausible_limit.{end}" for end in ("low", "high"))


def pinned_line(knowledge: Knowledge, corpus: Corpus) -> str:
    """How many of them have their cases, in words for the table of `check`."""
    names = figures(knowledge)
    pages = {page.name.partition("/")[2]: page for page in corpus.below("boundaries")}
    pinned = [name for name in names if name in pages and len(pages[name].cases) >= _ENOUGH]
    return f"{len(pinned)} of {len(names)} figures pinned by a pair of cases"
