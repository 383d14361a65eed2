"""The check of the knowledge: what refuses a release, what only warns, and the table people look at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cds_service.authoring.pairs import Pairs
from cds_service.authoring.reviewed_pairs import pairs_line
from cds_service.cases.corpus import Corpus, read_corpus
from cds_service.console.cases_asked import Asked
from cds_service.console.check import Report, check
from cds_service.console.pinned_figures import figures
from cds_service.errors import Problem
from cds_service.guideline.concepts import CodeLine, SiteLimit
from cds_service.guideline.knowledge import Knowledge
from cds_service.guideline.recommendations import Citation, Review, Source
from cds_service.guideline.site import Site
from tests.asked import CORPUS, pairs, pairs_of
from tests.conftest import FIXTURES
from tests.hooks.made import GUIDELINE, PRIMARY, row

TODAY = date(2026, 11, 21)
KNOWLEDGE = GUIDELINE.knowledge
FIRST = {"S0-01": KNOWLEDGE.statements["S0-01"]}
HOUSE = Source("house", "A choice", "us", None, "house")


@pytest.fixture(autouse=True)
def _pairs_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pairs, "of", pairs_of)


def with_row(**changes: Any) -> Knowledge:
    rows = (row("net-a", **changes),)
    return replace(KNOWLEDGE, recommendations=rows, statements=FIRST, sources={}, reviewed_pairs=())


def faults(knowledge: Knowledge, corpus: Corpus | None = None) -> list[str]:
    return [str(fault) for fault in check(knowledge, corpus, TODAY).faults]


def corpus_of(folder: Path, pages: Mapping[str, str]) -> Corpus:
    """A folder of cases with these pages."""
    (folder / "NOW").write_text("2026-11-15T12:00:00Z", encoding="utf-8")
    for name, text in pages.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return read_corpus(folder, KNOWLEDGE)


def warnings(knowledge: Knowledge) -> list[str]:
    return [str(warning) for warning in check(knowledge, None, TODAY).warnings]


def table(report: Report) -> dict[str, str]:
    return {line[:21].strip(): line[21:] for line in report.lines}


def test_the_knowledge_of_this_release_has_no_fault() -> None:
    assert check(KNOWLEDGE, CORPUS, TODAY).faults == ()


def test_an_order_that_makes_no_valid_resource_is_a_fault() -> None:
    broken = replace(KNOWLEDGE.orders["biopsy"], text=7)  # type: ignore[arg-type]
    [fault] = faults(replace(KNOWLEDGE, orders={"biopsy": broken}))
    assert fault.startswith("orders/biopsy.toml [draft]: does not make a valid R4 resource: ")


def test_more_searches_than_clients_fill_are_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cds_service.console.check.MOST_KEYS", 12)
    [fault] = faults(KNOWLEDGE)
    assert fault.endswith("13 keys; 12 at most")


def test_a_search_too_long_for_a_client_is_a_fault() -> None:
    concept = KNOWLEDGE.concepts["markers/nse"]
    codes = tuple(replace(concept.codes[0], code=f"code-{number}") for number in range(100))
    long = replace(KNOWLEDGE, concepts=dict(KNOWLEDGE.concepts) | {concept.id: replace(concept, codes=codes)})
    [fault] = faults(long)
    assert fault.startswith("search [nse]: its template has ")
    assert fault.endswith("1500 at most")


@pytest.mark.parametrize(("group", "most"), [("", 139), ("grade", 128)])
def test_a_summary_without_room_for_its_companions_is_a_fault(group: str, most: int) -> None:
    assert faults(with_row(summary="x" * most, group=group)) == []
    assert faults(with_row(summary="x" * (most + 1), group=group)) == [
        f"recommendations/net/net-a.toml [summary]: has {most + 1} characters; {most} at most"
    ]


def test_a_recommendation_without_both_kinds_of_cases_is_a_fault(tmp_path: Path) -> None:
    page = "fhir_fixtures/recommendations/net-a.toml"
    assert faults(with_row(), corpus_of(tmp_path, {"recommendations/net-a": "[fires--once]"})) == [
        f"recommendations/net/net-a.toml: has no silent-- case in {page}: add one that shows it"
    ]


def test_the_table_says_which_cases_were_asked_and_their_faults_refuse() -> None:
    fault = Problem("fhir_fixtures/recommendations/a.toml", "fires--x", "a is silent")
    report = check(KNOWLEDGE, CORPUS, TODAY, asked=Asked("3 asked, of a", (fault,)))
    assert table(report)["cases"] == "3 asked, of a"
    assert report.faults == (fault,)
    assert "cases" not in table(check(KNOWLEDGE, CORPUS, TODAY))


def test_the_table_counts_the_figures_that_stand_between_two_cases(tmp_path: Path) -> None:
    every = len(figures(KNOWLEDGE))
    told = "of {} figures pinned by a pair of cases".format
    assert table(check(KNOWLEDGE, CORPUS, TODAY))["limits"] == f"{every} {told(every)}"
    for cases, pinned in (("[at]", 0), ("[at]\n[below]", 1)):
        corpus = corpus_of(tmp_path, {"boundaries/ki67_g2_from": cases})
        assert table(check(KNOWLEDGE, corpus, TODAY))["limits"] == f"{pinned} {told(every)}"


def test_outside_a_checkout_fixtures_are_not_asked_for() -> None:
    report = check(with_row(), None, TODAY)
    assert report.faults == ()
    assert "fixtures" not in table(report)


def test_a_statement_that_nobody_carries_is_a_fault() -> None:
    second = KNOWLEDGE.statements["S0-02"]
    listed = FIRST | {"S0-02": second}
    assert faults(replace(with_row(), statements=listed)) == [
        "statements.toml [S0-02]: is carried by no recommendation and gives no reason (not_printed)"
    ]
    assert faults(replace(with_row(), statements=FIRST | {"S0-02": replace(second, not_printed="for children")})) == []


def test_rows_that_oppose_each_other_without_a_reason_on_file_are_a_fault() -> None:
    entry, *others = KNOWLEDGE.reviewed_pairs
    found = faults(replace(KNOWLEDGE, reviewed_pairs=tuple(others)))
    assert len(found) == len(entry.speak_for) * len(entry.speak_against)
    assert found[0].endswith("against it in one answer, and no entry says why that is no contradiction")


def test_a_row_that_rests_on_a_design_choice_is_a_warning() -> None:
    assert warnings(with_row(citations=(Citation(HOUSE),))) == [
        "recommendations/net/net-a.toml [evidence]: needs a source: it rests on a design choice"
    ]
    assert warnings(with_row(citations=(Citation(HOUSE),), footer=True)) == []
    assert warnings(with_row()) == []


@pytest.mark.parametrize(("due", "warned"), [(None, False), (TODAY, False), (date(2026, 11, 20), True)])
def test_a_review_is_overdue_from_the_day_after(due: date | None, warned: bool) -> None:
    assert bool(warnings(with_row(review=Review("by a clinician", due)))) is warned


def test_an_overdue_review_names_its_day() -> None:
    [warning] = warnings(with_row(review=Review("by a clinician", date(2026, 1, 2))))
    assert warning.endswith("[review.next]: the review was due on 2026-01-02")


def test_the_table_counts_what_is_there() -> None:
    shown = table(check(KNOWLEDGE, CORPUS, TODAY))
    rows = KNOWLEDGE.recommendations
    assert shown["knowledge"] == KNOWLEDGE.version
    assert shown["recommendations"].startswith(f"{len(rows)} (")
    assert shown["statements"].endswith(" of 84 carried, 0 not printed on purpose")
    assert shown["pairs"] == pairs_line(pairs(), KNOWLEDGE.reviewed_pairs)
    assert shown["pairs"].endswith(", 0 contradictions")
    assert shown["documents"] == str(len(KNOWLEDGE.sources))
    assert shown["not reviewed"] == f"{len(rows)} of {len(rows)} recommendations by a clinician"
    assert int(shown["of recommendations"].split()[0]) >= 2 * len(rows)


def test_the_table_counts_what_proves_the_recommendations_by_kind() -> None:
    shown = table(check(KNOWLEDGE, CORPUS, TODAY))
    assert re.fullmatch(r"\d+ cases \(\d+ fires, \d+ silent\)", shown["of recommendations"])
    assert int(shown["stories"]) == len([*FIXTURES.glob("stories/*/")])
    assert int(shown["vignettes"]) == len([*FIXTURES.glob("vignettes/*.toml")])
    assert re.fullmatch(r"15, \d+ cases", shown["dangers"])
    assert int(shown["refused calls"]) == len([*FIXTURES.glob("refused/*")])


def test_documents_that_are_hard_to_find_make_one_line() -> None:
    def documents(**sources: Source) -> list[str]:
        return warnings(replace(with_row(), sources=sources))

    whole, bare = PRIMARY, replace(PRIMARY, year=None, url="")
    assert documents(a=whole, house=HOUSE) == []
    assert documents(a=bare, b=replace(whole, url=""), c=whole) == [
        "sources.toml: 1 documents without a year, 2 without an address (DOI, PubMed) of 3; add what was seen, and"
        " guess none"
    ]


def test_the_table_counts_what_has_a_shelf_life() -> None:
    relying = sum(bool(row.relies_on) for row in KNOWLEDGE.recommendations)
    assert table(check(KNOWLEDGE, None, TODAY))["approvals, labels"] == (
        f"{len(KNOWLEDGE.approvals)}, on which {relying} rely"
    )


def test_the_table_lists_what_a_site_switched_off_and_says_of_approvals() -> None:
    site = Site(switched_off={"net-cabozantinib-option": "no license"}, approvals={"tarlatamab-sclc": "on application"})
    report = check(KNOWLEDGE, CORPUS, TODAY, site)
    assert report.faults == ()
    assert table(report)["switched off"] == "net-cabozantinib-option (info): no license"
    assert table(report)["approval here"] == "tarlatamab-sclc: on application"


def test_a_fault_is_named_by_the_file_a_clinician_opens() -> None:
    root = Path(__file__).parents[2] / "cds_service" / "knowledge"
    assert all((root / which.file).is_file() for which in KNOWLEDGE.recommendations)


def test_without_a_site_the_table_says_nothing_of_it() -> None:
    assert "site" not in table(check(KNOWLEDGE, None, TODAY))


def test_the_table_says_what_a_site_adds() -> None:
    line = CodeLine("urn:oid:1.2", "X", "NSE")
    site = Site(
        codes={"markers/nse": (line, line)},
        systems=frozenset({"urn:oid:1.2"}),
        prefetch_keys={"ehr-labs": frozenset({"nse"})},
        limits={"nse": (SiteLimit(Decimal(17)),)},
        languages=frozenset({"en", "de"}),
    )
    found = table(check(KNOWLEDGE, None, TODAY, site))
    assert found["site"] == "without a name"
    assert found["its codes"] == "2 of 1 concepts"
    assert (found["its prefetch keys"], found["its limits"]) == ("ehr-labs", "nse")
    assert (found["its windows"], found["languages read"]) == ("as they are", "de, en")


def test_the_table_of_a_site_that_only_has_a_name_says_so() -> None:
    found = table(check(KNOWLEDGE, None, TODAY, Site(name="A hospital")))
    assert [found[name] for name in ("its codes", "its prefetch keys", "its limits")] == [
        "0 of 0 concepts",
        "none",
        "none",
    ]
    assert found["languages read"] == "all"


def test_a_template_that_the_codes_of_a_site_make_too_long_is_a_fault() -> None:
    lines = tuple(CodeLine("urn:oid:1.2", f"CODE-{number}", "NSE") for number in range(100))
    site = Site(codes={"markers/nse": lines}, systems=frozenset({"urn:oid:1.2"}))
    [fault] = check(KNOWLEDGE, None, TODAY, site).faults
    assert str(fault).startswith("search [nse]: its template has ")
