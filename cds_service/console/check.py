"""Checks the knowledge beyond its shape: orders make valid FHIR, searches fit, rows are proven and reviewed.

Faults refuse the release; warnings (a review overdue, a row without a document) are printed and let it pass.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cds_service.authoring.pairs import Pairs
from cds_service.authoring.reviewed_pairs import pair_problems, pairs_line
from cds_service.authoring.statements import coverage_line, coverage_problems
from cds_service.cases.corpus import FIRES, RECOMMENDATIONS, SILENT, Corpus
from cds_service.console.cases_asked import Asked
from cds_service.console.pinned_figures import pinned_line
from cds_service.errors import Problem
from cds_service.fhir.models import build
from cds_service.guideline.concepts import all_named
from cds_service.guideline.knowledge import Knowledge
from cds_service.guideline.site import NO_SITE, Site
from cds_service.hooks.suggestions import order_resource
from cds_service.hooks.templates import all_templates
from cds_service.hooks.wording import LONGEST_SUMMARY

MOST_KEYS = 14
LONGEST_TEMPLATE = 1500
_MORE = len(" (+99 more)")


@dataclass(frozen=True, slots=True)
class Report:
    """What the check found: faults refuse, warnings inform, lines are the table people look at."""

    faults: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    lines: tuple[str, ...]


def check(
    knowledge: Knowledge, corpus: Corpus | None, today: date, site: Site = NO_SITE, asked: Asked | None = None
) -> Report:
    """Everything that can be said without a patient of the knowledge and of what the site adds to it.

    Args:
        knowledge: as it was read.
        corpus: its cases; None outside a checkout.
        today: when a review is overdue.
        site: what a hospital adds.
        asked: which cases were asked, and what came of it.

    Raises:
        KnowledgeError: the service asks for a concept that is not there.
    """
    all_named(knowledge.concepts)
    used, pairs = site.applied_to(knowledge), Pairs.of(knowledge)
    faults = [*_orders(used), *_searches(used), *_summaries(knowledge)]
    faults += coverage_problems(knowledge.statements, knowledge.recommendations)
    faults += pair_problems(pairs, knowledge.reviewed_pairs)
    faults += _unproven(knowledge, corpus) if corpus else ()
    faults += asked.faults if asked else ()
    warnings = [*_without_source(knowledge), *_hard_to_find(knowledge), *_overdue(knowledge, today)]
    return Report(
        tuple(faults), tuple(warnings), (*_table(knowledge, pairs, corpus, asked), *_of_site(site, knowledge))
    )


def _orders(knowledge: Knowledge) -> Iterator[Problem]:
    for order in knowledge.orders.values():
        try:
            build(order_resource(order, "check", "", lambda alias: knowledge.systems[alias][0]))
        except ValueError as fault:
            yield Problem(f"orders/{order.id}.toml", "draft", f"does not make a valid R4 resource: {fault}")


def _searches(knowledge: Knowledge) -> Iterator[Problem]:
    templates = all_templates(knowledge)
    if len(templates) > MOST_KEYS:
        yield Problem("orders, markers, pathology, status", "search", f"{len(templates)} keys; {MOST_KEYS} at most")
    for key, template in templates.items():
        if len(template) > LONGEST_TEMPLATE:
            yield Problem("search", key, f"its template has {len(template)} characters; {LONGEST_TEMPLATE} at most")


def _summaries(knowledge: Knowledge) -> Iterator[Problem]:
    for row in knowledge.recommendations:
        longest = LONGEST_SUMMARY - (_MORE if row.group else 0)
        if len(row.summary) > longest:
            yield Problem(row.file, "summary", f"has {len(row.summary)} characters; {longest} at most")


def _unproven(knowledge: Knowledge, corpus: Corpus) -> Iterator[Problem]:
    for row in knowledge.recommendations:
        for kind in (FIRES, SILENT):
            if not any(case.short_name.startswith(kind) for case in corpus.of_row(row.id)):
                page = f"fhir_fixtures/{RECOMMENDATIONS}/{row.id}.toml"
                yield Problem(row.file, "", f"has no {kind} case in {page}: add one that shows it")


def _without_source(knowledge: Knowledge) -> Iterator[Problem]:
    for row in knowledge.recommendations:
        if not row.footer and all(citation.source.status != "primary" for citation in row.citations):
            yield Problem(row.file, "evidence", "needs a source: it rests on a design choice")


def _hard_to_find(knowledge: Knowledge) -> Iterator[Problem]:
    """One line, however many: what a reader would have to search for."""
    cited = [source for source in knowledge.sources.values() if source.status == "primary"]
    undated = sorted(source.key for source in cited if source.year is None)
    unlinked = sorted(source.key for source in cited if not source.url)
    if undated or unlinked:
        words = f"{len(undated)} documents without a year, {len(unlinked)} without an address (DOI, PubMed)"
        yield Problem("sources.toml", "", f"{words} of {len(cited)}; add what was seen, and guess none")


def _overdue(knowledge: Knowledge, today: date) -> Iterator[Problem]:
    for row in knowledge.recommendations:
        if row.review.next is not None and row.review.next < today:
            yield Problem(row.file, "review.next", f"the review was due on {row.review.next}")


def _table(knowledge: Knowledge, pairs: Pairs, corpus: Corpus | None, asked: Asked | None) -> Iterator[str]:
    rows = knowledge.recommendations
    codes = sum(len(concept.codes) for concept in knowledge.concepts.values())
    unreviewed = sum(row.review.status == "not reviewed by a clinician" for row in rows)
    yield f"knowledge            {knowledge.version}"
    yield f"recommendations      {len(rows)} ({_counts(Counter(str(row.indicator) for row in rows))})"
    yield f"topics               {_counts(Counter(row.topic for row in rows))}"
    yield f"statements           {coverage_line(knowledge.statements, rows)}"
    yield f"pairs                {pairs_line(pairs, knowledge.reviewed_pairs)}"
    yield f"documents            {len(knowledge.sources)}"
    yield f"approvals, labels    {len(knowledge.approvals)}, on which {sum(bool(row.relies_on) for row in rows)} rely"
    yield f"concepts, codes      {len(knowledge.concepts)}, {codes}"
    yield f"not reviewed         {unreviewed} of {len(rows)} recommendations by a clinician"
    if corpus is not None:
        yield from _proofs(knowledge, corpus)
    if asked is not None:
        yield f"cases                {asked.line}"


def _proofs(knowledge: Knowledge, corpus: Corpus) -> Iterator[str]:
    """What is there to show that the recommendations say what they should, by kind."""
    kinds = Counter(case.name.partition("/")[0] for case in corpus.cases.values())
    ways = Counter(case.short_name.partition("--")[0] for case in corpus.cases.values() if "--" in case.short_name)
    yield f"of recommendations   {kinds[RECOMMENDATIONS]} cases ({ways['fires']} fires, {ways['silent']} silent)"
    yield f"stories              {kinds['stories']}"
    yield f"vignettes            {kinds['vignettes']}"
    yield f"dangers              {len(corpus.below('dangers'))}, {kinds['dangers']} cases"
    yield f"refused calls        {len(list(corpus.folder.glob('refused/*')))}"
    yield f"limits               {pinned_line(knowledge, corpus)}"


def _of_site(site: Site, knowledge: Knowledge) -> Iterator[str]:
    if site == NO_SITE:
        return
    windows = (f"{name} = {figure}" for name, figure in site.windows.items())
    yield f"site                 {site.name or 'without a name'}"
    yield f"its codes            {sum(map(len, site.codes.values()))} of {len(site.codes)} concepts"
    yield f"its prefetch keys    {', '.join(site.prefetch_keys) or 'none'}"
    yield f"its limits           {', '.join(site.limits) or 'none'}"
    yield f"its windows          {', '.join(windows) or 'as they are'}"
    yield f"languages read       {'all' if site.languages is None else ', '.join(sorted(site.languages))}"
    for name, why in site.switched_off.items():
        yield f"switched off         {name} ({knowledge.by_id[name].indicator}): {why}"
    for key, words in site.approvals.items():
        yield f"approval here        {key}: {words}"


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{number} {name}" for name, number in sorted(counter.items()))
