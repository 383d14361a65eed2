"""The contradictions of the source articles and between rows, one by one: how the rows keep them out of one answer.

What two rows may say side by side with a reason stands in `reviewed_pairs.toml`; this is what they may not.
"""

from __future__ import annotations

from itertools import product

import pytest

from cds_service.authoring.reviewed_pairs import reasons
from cds_service.guideline.recommendations import Recommendation
from tests.asked import KNOWLEDGE, pairs, possible

ROWS = KNOWLEDGE.by_id
SSA_ROWS = ("net-ssa-functional", "net-ssa-first-line", "net-ssa-or-prrt-first-line")
GRADED = ("net-localized-resection", "net-small-exception", "net-ssa-first-line", "net-ssa-or-prrt-first-line",
          "net-prrt-first-line", "net-lu-edotreotide", "net-after-ssa-pancreas", "net-captem-option",
          "net-g3-is-not-nec")  # fmt: skip
REPEATS = tuple(row.id for row in KNOWLEDGE.recommendations if any("nse-repeat" in s.creates for s in row.suggestions))
APART = [
    ("two ways to grade one tumor", ["net-grade-from-ki67"], ["lung-carcinoid-grading"]),
    ("a grade that is computed and one that conflicts", ["net-grade-from-ki67"], ["net-grade-conflict"]),
    ("a somatostatin analog or PRRT first, in one row", SSA_ROWS[1:2], ["net-prrt-first-line", SSA_ROWS[2]]),
    ("PRRT first and the choice of both", ["net-prrt-first-line"], ["net-ssa-or-prrt-first-line"]),
    ("no analog in NEC and an analog in NET", ["nec-ssa-active"], SSA_ROWS),
    ("NET G3 is no NEC", ["net-g3-is-not-nec"], ["nec-first-line", "nec-localized", "nec-second-line"]),
    ("advice for NEC and whether it is one", ["nec-first-line", "nec-second-line", "nec-localized"],
     ["nec-code-only", "nec-code-only-ihc-done"]),
    ("resection and its exceptions", ["net-localized-resection"], ["net-small-exception"]),
    ("a conflicting grade and treatment bound to a grade", ["net-grade-conflict"], GRADED),
    ("targeted drugs in the pancreas and little evidence in G3", ["net-after-ssa-pancreas"], ["net-g3-is-not-nec"]),
    ("everolimus of gut and lung and little evidence in G3", ["net-after-ssa-gi-lung"], ["net-g3-is-not-nec"]),
    ("chromogranin A under a PPI and with a needed PPI", ["cga-on-ppi"], ["cga-on-needed-ppi"]),
    ("its order under a PPI and with a needed PPI", ["cga-ordered-on-ppi"], ["cga-ordered-on-needed-ppi"]),
    ("the repeat of chromogranin A and the warning about its order", ["cga-on-ppi"], ["cga-ordered-on-ppi"]),
    ("an unusable NSE is repeated only where it has a purpose", ["nse-unusable-no-indication"], REPEATS),
    ("NSE where a change is suspected and its removal", ["nse-transformation-question"], ["nse-other-cancer-ordered"]),
    ("NSE before a cycle and its removal", ["sclc-nse-before-cycle"],
     ["nse-screening", "nse-other-cancer-ordered", "nse-transformation-question", "nse-brain-tumor-ordered"]),
    ("one way to speak of a fall", ["sclc-nse-falling"], ["sclc-nse-slow-half-life"]),
    ("a slow fall and no change", ["sclc-nse-slow-half-life"], ["nse-within-variation"]),
    ("a slow fall and a rise", ["sclc-nse-slow-half-life"],
     ["nse-rising-marked", "nse-rising-on-therapy", "nse-possible-rise"]),
    ("a fall and a value that stays high", ["nse-persistently-high-on-therapy"],
     ["sclc-nse-falling", "sclc-nse-slow-half-life"]),
    ("a rise and the first days of chemotherapy", ["nse-early-after-chemo"],
     ["nse-rising-marked", "nse-rising-on-therapy", "net-nse-rising", "nse-possible-rise"]),
    ("a value that cannot be used and what it is compatible with", ["nse-hemolyzed", "nse-after-neuro-event"],
     ["net-nse-mildly-high", "net-nse-clearly-high", "sclc-nse-moderately-high", "sclc-nse-markedly-high",
      "nse-high-in-context", "nec-nse-follow"]),
    ("two raised values after resection and one only", ["nse-post-op-persistent"],
     ["nse-post-op-once", "nse-single-value", "nse-single-value-unchecked"]),
    ("a raised NSE after resection and its routine", ["resected-net-nse-follow-up"],
     ["nse-post-op-once", "nse-post-op-persistent"]),
    ("adult limits in a child", ["child-nse-high", "child-neuroblastoma-nse"],
     ["nse-high-in-context", "net-nse-mildly-high", "sclc-nse-moderately-high", "nse-high-no-cancer"]),
    ("a brain tumor and an event of the brain", ["nse-brain-tumor-result"], ["nse-after-neuro-event"]),
    ("tissue first and treatment of a known tumor", ["nse-high-needs-tissue", "nse-high-histology-not-seen"],
     ["sclc-new-without-ct", "sclc-after-platinum", "sclc-maintenance", "nec-first-line", "net-ssa-first-line"]),
    ("a pregnancy and one drug more", ["pregnancy-and-treatment"],
     ["sclc-extensive-without-pd-l1", "net-captem-ordered"]),
    ("a pregnancy and another radionuclide", ["pregnancy-and-imaging"], ["octreoscan-to-sstr-pet"]),
]  # fmt: skip


@pytest.mark.parametrize(("ones", "others"), [case[1:] for case in APART], ids=[case[0] for case in APART])
def test_rows_that_contradict_each_other_never_speak_of_one_tumor(ones: list[str], others: list[str]) -> None:
    met = [(one, other) for one, other in product(ones, others) if together(ROWS[one], ROWS[other])]
    assert met == []


def together(one: Recommendation, other: Recommendation) -> bool:
    pair = possible().get(frozenset((one.id, other.id)))
    return pair is not None and pair.together


def test_the_analog_is_drafted_only_for_a_known_syndrome_that_is_no_insulinoma() -> None:
    drafting = [row for row in ROWS.values() if any("lanreotide-120-draft" in s.creates for s in row.suggestions)]
    assert {row.id for row in drafting} == {"net-ssa-functional", "net-ssa-first-line"}
    assert not any(row.when["hormone"] & {"insulinoma", "unspecified"} for row in drafting)
    assert all(row.hooks.isdisjoint(ROWS["ssa-insulinoma"].hooks) for row in drafting)


def test_where_both_are_first_line_nothing_is_drafted() -> None:
    assert ROWS["net-ssa-or-prrt-first-line"].suggestions == ()


def test_after_resection_no_row_drafts_a_marker_that_was_not_raised_since() -> None:
    after = [row for row in ROWS.values() if "after-resection" in row.when.get("course", ())]
    offering = {
        row.id for row in after for s in row.suggestions if {"nse", "nse-repeat", "cga", "5-hiaa"} & {*s.creates}
    }
    assert offering == {"nse-post-op-once", "nse-post-op-persistent"}
    assert all(ROWS[name].when["nse-after-surgery"] <= {"high-once", "persistently-high"} for name in offering)


def test_staging_by_octreoscan_is_advised_nowhere() -> None:
    assert [row.id for row in ROWS.values() if "octreoscan" in row.favors] == []
    assert "octreoscan" in ROWS["octreoscan-to-sstr-pet"].opposes


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["net-grade-from-ki67"], ["below 3 % is G1", "leave 2 to 3 % without a grade"]),  # WHO 2010 and 2022
        (
            ["net-nse-normal"],
            ["30 to 50 %", "An older series"],
        ),  # how often it is raised, never without the newer figure
        (["sclc-nse-normal", "sclc-partner-marker"], ["about 69 % (33"]),  # two sensitivities, neither: the pooled one
        (["net-nse-mildly-high", "sclc-nse-moderately-high"], ["Provisional"]),  # one value is read, and not alone
        (["nse-single-value"], ["do not interpret a single value in isolation"]),
        (["nse-post-op-once"], ["two raised values are asked for"]),
        (["net-nse-mildly-high"], ["an adjunct here, not a diagnostic test"]),  # no diagnosis: tissue first
        (["net-localized-resection"], ["Exceptions:", "up to 2 cm", "type 1", "below 1"]),  # the size is not known
        (["sclc-nse-slow-half-life"], ["may fit response", "Imaging decides"]),
        (["nse-within-variation"], ["still above its limit"]),  # beside a value that stays high: both true
        (["net-nse-when-cga-normal"], ["optional; imaging decides"]),
        (["resected-net-nse-follow-up"], ["Markers are optional", "No order is offered, on purpose"]),
        (["net-prrt-first-line"], ["against hormone symptoms a somatostatin analog need not wait"]),
        (["nse-brain-tumor-ordered", "pregnancy-and-imaging"], ["gadolinium is avoided"]),
        (["nse-after-procedure"], ["Repeat it later; until then read little into the value"]),
    ],
)
def test_the_text_says_how_a_contradiction_of_the_articles_is_settled(names: list[str], words: list[str]) -> None:
    for name in names:
        advice = " ".join(ROWS[name].advice.split())
        assert [word for word in words if word not in advice] == [], name


def test_every_opposed_pair_has_its_reason() -> None:
    assert set(pairs().opposed) == reasons(KNOWLEDGE.reviewed_pairs).keys()
