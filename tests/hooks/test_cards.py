"""Cards: what stands where, in which order, and what each rests on."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest

from cds_service.guideline.features import Evidence, Feature, Gap
from cds_service.guideline.judge import Verdict
from cds_service.guideline.recommendations import Citation, Indicator, Recommendation, Review, SuggestionPlan
from cds_service.hooks.cards import TOPIC
from cds_service.hooks.contract import require_valid
from cds_service.hooks.wording import LONGEST_SUMMARY
from cds_service.picture.orders import Draft
from tests import charts
from tests.guideline.rows import feature, unseen
from tests.hooks.made import (
    GUIDELINE,
    ORIGIN,
    OTHER,
    PRIMARY,
    UNLINKED,
    answered,
    basis_of,
    card_of,
    cards_of,
    fires,
    lines_of,
    picture,
    row,
    tumor,
    undetermined,
)

KNOWLEDGE = GUIDELINE.knowledge
ORDERS = {"order-select", "order-sign"}
NSE = Evidence("NSE 21.1 ug/L, 2026-11-10", "Observation/n1")


# --- order and grouping ------------------------------------------------------------------------------------------


def test_critical_stands_before_warnings_and_warnings_before_information() -> None:
    info, warning = fires(row("net-info", group="grade")), fires(row("net-warning"))
    critical = fires(row("net-z", indicator=Indicator.CRITICAL))
    assert [card["indicator"] for card in cards_of(info, warning, critical)] == ["critical", "warning", "info"]


def test_every_warning_is_a_card_of_its_own() -> None:
    assert [card["summary"] for card in cards_of(fires(row("net-b")), fires(row("net-a")))] == [
        "Summary of net-a",
        "Summary of net-b",
    ]


def test_information_of_one_group_shares_a_card_with_one_line_each() -> None:
    card = card_of(*(fires(row(f"net-{name}", group="grade")) for name in "abc"))
    assert card["summary"] == "Summary of net-a (+2 more)"
    bullets = card["detail"].split("\n\n")[0].splitlines()
    assert bullets[0] == "- **Title of net-a**: Advice of net-a in two lines."
    assert len(bullets) == 3


def test_the_lines_of_a_group_stand_as_the_group_orders_them_and_the_first_gives_the_summary() -> None:
    names = ["net-a", "nse-quality-not-recorded", "nse-biotin", "sclc-nse-prognosis"]
    card = card_of(*(fires(row(name, group="nse-reading")) for name in names))
    assert card["summary"] == "Summary of nse-biotin (+3 more)"
    ordered = [named["id"] for named in basis_of(card)["recommendations"]]
    assert ordered == ["nse-biotin", "sclc-nse-prognosis", "nse-quality-not-recorded", "net-a"]


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("nse-early-after-chemo", "sclc-nse-one-component"),
        ("nse-after-procedure", "sclc-nse-markedly-high"),
        ("nse-very-high-no-cancer", "nse-quality-not-recorded"),
        ("nse-possible-rise", "sclc-nse-prognosis"),
        ("net-lu-edotreotide", "net-after-ssa-gi-lung"),
        ("net-after-ssa-gi-lung", "net-cabozantinib-option"),
        ("net-ssa-functional", "net-prrt-first-line"),
        ("net-localized-resection", "net-after-ssa-pancreas"),
        ("resected-net-imaging-overdue", "nse-post-op-once"),
        ("nec-first-line", "net-ssa-first-line"),
    ],
)
def test_what_matters_most_stands_first(first: str, then: str) -> None:
    one, other = (KNOWLEDGE.by_id[name] for name in (then, first))
    tumors = [tumor() if one.asks_tumor else None, tumor() if other.asks_tumor else None]
    made = cards_of(fires(one, tumor=tumors[0]), fires(other, tumor=tumors[1]))
    assert [named["id"] for named in basis_of(made[0])["recommendations"]] == [first, then]


def test_information_of_two_groups_makes_two_cards() -> None:
    made = cards_of(fires(row("net-a", group="grade")), fires(row("net-b", group="imaging")))
    assert [card["source"]["topic"]["code"] for card in made] == ["grade", "imaging"]


def test_one_warning_about_two_tumors_is_two_cards_that_name_them() -> None:
    one, two = tumor("Condition/c1", "ileal NET"), tumor("Condition/c2", "rectal *NET*")
    made = cards_of(fires(row(), tumor=one), fires(row(), tumor=two))
    assert "(about: ileal NET)" in made[0]["detail"]
    assert r"(about: rectal \*NET\*)" in made[1]["detail"]


def test_one_line_of_a_group_names_its_tumor_where_there_are_two() -> None:
    one, two = tumor("Condition/c1", "ileal NET"), tumor("Condition/c2", "rectal NET")
    card = card_of(fires(row(group="grade"), tumor=one), fires(row(group="grade"), tumor=two))
    assert card["detail"].startswith("- **Title of net-a** (about: ileal NET): Advice")
    assert [named["tumor"] for named in basis_of(card)["recommendations"]] == ["Condition/c1", "Condition/c2"]


def test_a_lone_tumor_is_not_named() -> None:
    assert "(about:" not in card_of(fires(row(), tumor=tumor()))["detail"]


def test_a_row_that_was_replaced_makes_no_card() -> None:
    replaced = fires(row("net-b"))
    shown = [replaced.__class__(row("net-b"), replaced.outcome, None, (), "net-a"), fires(row("net-a"))]
    card = card_of(*shown)
    assert [named["id"] for named in basis_of(card)["recommendations"]] == ["net-a"]


def test_no_more_cards_than_are_read_and_the_last_says_what_was_left_out() -> None:
    most = KNOWLEDGE.limits.cards_per_call
    made = cards_of(*(fires(row(f"net-{number:02}")) for number in range(most + 2)))
    assert len(made) == most
    titles = f"Title of net-{most:02}; Title of net-{most + 1:02}"
    assert made[-1]["detail"].endswith(f"Not shown, to keep this answer short: {titles}.")
    assert not any("Not shown" in card["detail"] for card in made[:-1])


def test_exactly_as_many_cards_as_are_read_leave_nothing_out() -> None:
    made = cards_of(*(fires(row(f"net-{number:02}")) for number in range(KNOWLEDGE.limits.cards_per_call)))
    assert "Not shown" not in made[-1]["detail"]


def test_an_order_that_two_cards_would_draft_is_offered_by_the_more_urgent_one() -> None:
    plan = (SuggestionPlan("Draft it", ("biopsy",)),)
    info, warning = fires(row("a", group="grade", suggestions=plan)), fires(row("b", suggestions=plan))
    first, second = cards_of(info, warning)
    assert [card["indicator"] for card in (first, second)] == ["warning", "info"]
    assert first["suggestions"]
    assert "suggestions" not in second


def test_an_order_does_not_give_way_to_one_of_a_card_that_is_left_out() -> None:
    def drafting(number: int, order: str) -> Verdict:
        return fires(row(f"net-{number:02}", suggestions=(SuggestionPlan("Draft it", (order,)),)))

    most = KNOWLEDGE.limits.cards_per_call
    others = [fires(row(f"net-{number:02}")) for number in range(1, most)]
    shown = cards_of(drafting(0, "nse"), *others, drafting(most, "nse-repeat"))
    assert shown[0]["suggestions"]
    assert "suggestions" not in cards_of(drafting(0, "nse"), drafting(1, "nse-repeat"))[0]


def test_nothing_that_fires_and_nothing_open_makes_no_card() -> None:
    assert cards_of() == []


# --- the summary -------------------------------------------------------------------------------------------------


def drafted_as(words: str) -> Draft:
    drafts = charts.drafted(charts.draft("MedicationRequest", text=words))
    assert len(drafts) == 1
    return drafts[0]


@pytest.mark.parametrize("which", KNOWLEDGE.recommendations, ids=lambda which: which.id)
def test_a_summary_with_the_longest_lead_and_its_companions_has_under_140_characters(which: Recommendation) -> None:
    longest = "NSE > 123456.789 ug/L (limit 16.3, assumed)"
    about = tumor(ki67="Ki-67 >= 55.25 %")
    seen = picture(about, leads={"nse": longest, "cga": f"Chromogranin A{longest[3:]}"})
    order = drafted_as("lanreotide 120 mg/0.5 mL prolonged-release solution for injection")
    made = row(summary=which.summary, lead=which.lead, group="nse-reading", when={"ordering": ["ssa-depot"]})
    others = (fires(row(f"net-b{number}", group="nse-reading")) for number in range(99))
    card = card_of(fires(made, tumor=about), *others, of=seen, drafts=(order,))
    assert len(card["summary"]) <= LONGEST_SUMMARY == 139
    assert card["summary"].endswith(f"{which.summary} (+99 more)")
    assert "\n" not in card["summary"]


@pytest.mark.parametrize(
    "which", [which for which in KNOWLEDGE.recommendations if which.lead], ids=lambda which: which.id
)
def test_a_summary_keeps_its_lead_beside_nine_companions(which: Recommendation) -> None:
    usual = {"nse": "NSE 21.1 ug/L (limit 16.3)", "cga": "Chromogranin A 40 ug/L"}
    made = row("net-a", summary=which.summary, lead=which.lead, group="grade", when={"ordering": ["ssa-depot"]})
    about = tumor(ki67="Ki-67 8.25 %")
    others = (fires(row(f"net-b{number}", group="grade")) for number in range(9))
    seen, drafts = picture(about, leads=usual), (drafted_as("lanreotide 120 mg"),)
    card = card_of(fires(made, tumor=about), *others, of=seen, drafts=drafts)
    assert card["summary"].endswith(f": {which.summary} (+9 more)")


def test_a_summary_leads_with_the_reading_it_is_about() -> None:
    seen = picture(leads={"nse": "NSE 21.1 ug/L (limit 16.3)", "cga": "Chromogranin A 40 ug/L"})
    assert card_of(fires(row(lead="nse")), of=seen)["summary"] == "NSE 21.1 ug/L (limit 16.3): Summary of net-a"
    assert card_of(fires(row(lead="cga")), of=seen)["summary"] == "Chromogranin A 40 ug/L: Summary of net-a"


def test_a_summary_about_ki67_leads_with_that_of_its_tumor() -> None:
    assert card_of(fires(row(lead="ki67"), tumor=tumor(ki67="Ki-67 8 %")))["summary"] == "Ki-67 8 %: Summary of net-a"
    assert card_of(fires(row(lead="ki67"), tumor=tumor()))["summary"] == "Summary of net-a"
    assert card_of(fires(row(lead="ki67")))["summary"] == "Summary of net-a"


def test_a_summary_about_an_order_leads_with_the_selected_draft_that_matches() -> None:
    which = row(lead="order", when={"ordering": ["ssa-depot"]})
    drafts = charts.drafted(
        charts.draft("MedicationRequest", text="cisplatin", id="d1"),
        charts.draft("MedicationRequest", text="lanreotide 120 mg", id="d2"),
        selections=["MedicationRequest/d1", "MedicationRequest/d2"],
    )
    assert card_of(fires(which), drafts=drafts)["summary"] == "lanreotide 120 mg: Summary of net-a"
    assert card_of(fires(which))["summary"] == "Summary of net-a"


def test_a_lead_too_long_is_left_out_before_the_words_are() -> None:
    long = row(summary="x" * 120, lead="nse")
    assert card_of(fires(long), of=picture(leads={"nse": "NSE 21.1 ug/L (limit 16.3)"}))["summary"] == "x" * 120


def test_the_count_of_companions_is_left_out_before_the_words_are() -> None:
    long = row("net-a", summary="x" * 139, group="grade")
    card = card_of(fires(long), fires(row("net-b", group="grade")))
    assert card["summary"] == "x" * 139


def test_markup_in_the_name_of_a_draft_does_not_reach_the_summary() -> None:
    draft = drafted_as("<img src=x onerror=alert(1)> lanreotide 120 mg")
    card = card_of(fires(row(lead="order", when={"ordering": ["ssa-depot"]})), drafts=(draft,))
    assert "<" not in card["summary"]


# --- what it rests on --------------------------------------------------------------------------------------------


def test_based_on_is_the_evidence_of_exactly_the_features_the_row_itself_asked_for() -> None:
    age = feature("age-group", "adult", evidence=(Evidence("born 1985", "Patient/p1"),))
    card = card_of(fires(row(), feature(evidence=(NSE,)), age))
    assert lines_of(card, "Based on") == ["NSE 21.1 ug/L, 2026-11-10 (Observation/n1)"]


def test_a_fact_of_which_the_row_takes_every_value_is_neither_cited_nor_missed() -> None:
    everyone = row(when={"age-group": ["adult", "child", "infant", "unknown"], "nse-level": ["high"]})
    born = Feature("age-group", frozenset({"adult"}), (Evidence("born 1985", "Patient/p1"),))
    nse = feature(evidence=(Evidence("NSE 40 ug/L", "Observation/n1"),))
    card = card_of(fires(everyone, born, nse))
    assert lines_of(card, "Based on") == ["NSE 40 ug/L (Observation/n1)"]
    assert [fact["name"] for fact in basis_of(card)["features"]] == ["nse-level"]
    assert lines_of(card_of(fires(everyone, unseen("age-group"), nse)), "Not seen") == []


def test_based_on_names_each_fact_once_and_the_fuller_words_of_one_resource() -> None:
    short, full = Evidence("ileal NET", "Condition/c1"), Evidence("ileal NET: active", "Condition/c1")
    same_words = Evidence("ileal NET", "Condition/c2")
    features = (
        feature("diagnosis", "net", evidence=(short, same_words)),
        feature("course", "active", evidence=(full,)),
    )
    card = card_of(fires(row(when={"diagnosis": ["net"], "course": ["active"]}), *features))
    assert lines_of(card, "Based on") == ["ileal NET (Condition/c2)", "ileal NET: active (Condition/c1)"]


@pytest.mark.parametrize(
    ("short", "long"),
    [
        (Evidence("Ki-67 2", "Observation/k1"), Evidence("Ki-67 20 %", "Observation/k1")),
        (Evidence("NSE searched"), Evidence("NSE searched, none found")),
    ],
)
def test_a_fact_that_only_begins_like_another_is_not_left_out(short: Evidence, long: Evidence) -> None:
    card = card_of(fires(row(), feature(evidence=(short, long))))
    assert len(lines_of(card, "Based on")) == 2


def test_based_on_without_a_resource_has_words_only() -> None:
    card = card_of(fires(row(), feature(evidence=(Evidence("NSE searched, none found"),))))
    assert lines_of(card, "Based on") == ["NSE searched, none found"]


@pytest.mark.parametrize(("facts", "last"), [(12, "fact 11"), (13, "and 1 more")])
def test_based_on_stays_short_and_says_how_many_facts_follow(facts: int, last: str) -> None:
    evidence = tuple(Evidence(f"fact {number}") for number in range(facts))
    assert lines_of(card_of(fires(row(), feature(evidence=evidence))), "Based on")[-1] == last


def test_markup_in_a_fact_and_in_its_reference_stays_words() -> None:
    evil = Evidence("<b>21</b> | [x](javascript:alert(1))\n- `y`", "Observation/<i>|1")
    card = card_of(fires(row(), feature(evidence=(evil,))))
    assert lines_of(card, "Based on") == [r"&lt;b>21&lt;/b> \| \[x\](alert(1)) - \`y\` (Observation/&lt;i>\|1)"]
    [listed] = basis_of(card)["features"]
    assert "<b" not in json.dumps(listed["evidence"][0]["text"])


# --- what was not seen -------------------------------------------------------------------------------------------


def test_an_unknown_fact_of_an_open_row_about_the_same_tumor_is_not_seen() -> None:
    about = tumor()
    open_ = undetermined(row("net-b", when={"sstr": ["positive"]}), unseen("sstr"), tumor=about)
    card = card_of(fires(row(), tumor=about), open_)
    assert lines_of(card, "Not seen") == ["somatostatin receptor status: not searched"]
    assert basis_of(card)["unseen"] == [{"name": "sstr", "reason": "not searched"}]


def test_an_unknown_fact_about_another_tumor_or_of_a_default_is_no_matter_of_this_card() -> None:
    about, other = tumor(), tumor("Condition/c2", "rectal NET")
    elsewhere = undetermined(row("net-b", when={"sstr": ["positive"]}), unseen("sstr"), tumor=other)
    default = undetermined(row("net-c"), unseen("age-group", Gap.NOT_RECORDED), tumor=about)
    card = card_of(fires(row(), tumor=about), elsewhere, default, of=picture(about, other))
    assert lines_of(card, "Not seen") == []
    assert "unseen" not in basis_of(card)


def test_an_open_row_about_the_patient_belongs_to_cards_about_the_patient() -> None:
    open_ = undetermined(row("net-b", when={"nse-specimen": ["clean"]}), unseen("nse-specimen", Gap.NOT_RECORDED))
    assert lines_of(card_of(fires(row()), open_), "Not seen") == ["hemolysis of the NSE sample: not recorded"]
    assert lines_of(card_of(fires(row(), tumor=tumor()), open_), "Not seen") == []


def test_an_open_footer_changes_no_advice_and_is_not_asked_for() -> None:
    open_ = undetermined(row("nse-z", footer=True), unseen("nse-level"))
    assert lines_of(card_of(fires(row(when={"ordering": ["nse"]})), open_), "Not seen") == []


def test_an_unknown_fact_the_row_itself_speaks_about_is_not_seen() -> None:
    card = card_of(fires(row(when={"hormone": ["unknown"]}), unseen("hormone", Gap.CONTRADICTORY, "two *syndromes*")))
    assert lines_of(card, "Not seen") == [r"hormone syndrome: contradictory, two \*syndromes\*"]


def test_an_unknown_fact_without_a_reason_counts_as_not_recorded() -> None:
    nothing = feature("hormone", "unknown")
    card = card_of(fires(row(when={"hormone": ["unknown"]}), nothing))
    assert basis_of(card)["unseen"] == [{"name": "hormone", "reason": "not recorded"}]


def test_nothing_found_names_the_kinds_of_data_that_were_not_searched() -> None:
    none = feature("therapy-ssa", "none-recorded")
    which = row(when={"therapy-ssa": ["none-recorded"]})
    without = ("medication-dispenses", "medication-statements")
    card = card_of(fires(which, none), record=charts.record(without=without))
    assert lines_of(card, "Not seen") == ["not searched: medication dispenses, medication statements"]
    assert lines_of(card_of(fires(which, none)), "Not seen") == []


def test_a_fact_that_was_found_does_not_ask_what_else_was_searched() -> None:
    card = card_of(fires(row(), feature()), record=charts.record(without=("nse",)))
    assert lines_of(card, "Not seen") == []


def test_resources_that_had_to_be_set_aside_are_named_three_at_most() -> None:
    tomorrow = [charts.nse(id=f"n{number}", date="2027-03-01") for number in range(4)]
    card = card_of(fires(row()), record=charts.record(*tomorrow))
    lines = lines_of(card, "Not seen")
    assert len(lines) == 3
    assert lines[0] == "Observation/n0 was not used: is dated in the future (2027-03-01)"


# --- footers and sources -----------------------------------------------------------------------------------------


def test_the_footer_about_nse_stands_under_cards_about_nse_only() -> None:
    about_nse, about_cga = row("net-a"), row("net-b", when={"cga-level": ["high"]})
    below = fires(row("nse-z", footer=True, when={"nse-level": ["high"]}))
    first, second = cards_of(fires(about_nse), fires(about_cga), below)
    assert "Advice of nse-z in two lines." in first["detail"]
    assert "Advice of nse-z" not in second["detail"]
    assert [named["id"] for named in basis_of(first)["recommendations"]] == ["net-a", "nse-z"]


def test_the_footer_about_the_sources_stands_under_every_card() -> None:
    below = fires(row("other-z", footer=True, when={"deceased": ["no"]}))
    made = cards_of(fires(row("net-a")), fires(row("net-b", when={"cga-level": ["high"]})), below)
    assert all("Advice of other-z in two lines." in card["detail"] for card in made)


def test_a_footer_never_stands_alone() -> None:
    assert cards_of(fires(row("other-z", footer=True))) == []


def test_a_footer_that_does_not_fire_is_not_shown() -> None:
    below = undetermined(row("other-z", footer=True, when={"deceased": ["no"]}), unseen("deceased"))
    assert "other-z" not in card_of(fires(row()), below)["detail"]


def test_a_card_names_its_documents_the_day_they_were_checked_and_the_review() -> None:
    cited = (Citation(PRIMARY, "3.2", "strong"), Citation(UNLINKED, strength="weak"))
    card = card_of(fires(row(citations=cited)))
    sources = "First guideline (A Society, 2023), 3.2, strong; Third guideline (C Society, 2019), weak"
    assert card["detail"].endswith(f"Sources: {sources}. As of 2026-11-15; not reviewed by a clinician.")


def test_a_card_whose_review_is_overdue_says_so() -> None:
    due, later, none = (row(f"net-{day}", group="grade", review=Review("not reviewed", day)) for day in
                        (date(2026, 11, 14), date(2026, 11, 15), None))  # fmt: skip
    words = "Its review was due on 2026-11-14: guidance may have moved on."
    assert card_of(fires(due), fires(later))["detail"].endswith(words)
    assert "review was due" not in card_of(fires(later), fires(none))["detail"]


def test_the_source_is_the_first_document_with_authority_and_the_others_are_links() -> None:
    cited = tuple(Citation(source) for source in (ORIGIN, PRIMARY, OTHER, UNLINKED))
    card = card_of(fires(row(citations=cited)))
    assert card["source"]["label"] == "First guideline (A Society, 2023)"
    assert card["source"]["url"] == PRIMARY.url
    assert card["links"] == [{"label": "Second guideline (B Society)", "url": OTHER.url, "type": "absolute"}]


def test_a_document_without_address_has_a_label_and_no_url() -> None:
    card = card_of(fires(row(citations=(Citation(UNLINKED),))))
    assert "url" not in card["source"]
    assert "links" not in card


# --- topic, override reasons, basis ------------------------------------------------------------------------------


def test_the_topic_is_the_row_or_its_group() -> None:
    assert card_of(fires(row("net-a-b")))["source"]["topic"] == {
        "code": "netab",
        "system": TOPIC,
        "display": "Title of net-a-b",
    }
    assert card_of(fires(row(group="nse-reading")))["source"]["topic"] == {
        "code": "nsereading",
        "system": TOPIC,
        "display": "Reading this NSE",
    }


def test_topics_of_two_rows_or_groups_differ() -> None:
    names = [*KNOWLEDGE.groups, *(which.id for which in KNOWLEDGE.recommendations if not which.group), "missing-data"]
    codes = [name.replace("-", "") for name in names]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[A-Za-z0-9]{1,100}", code) for code in codes)


def test_override_reasons_are_those_of_the_group_of_the_kind_or_of_all_warnings() -> None:
    def codes(which: Recommendation) -> tuple[str, ...]:
        card = card_of(fires(which))
        return tuple(reason["code"] for reason in card["overrideReasons"])

    assert codes(row(group="grade")) == KNOWLEDGE.groups["grade"].override_reasons
    assert codes(row(kind="drug")) == KNOWLEDGE.warning_reasons["drug"]
    assert codes(row()) == KNOWLEDGE.warning_reasons["default"]


def test_the_basis_says_what_fired_for_which_tumor_and_why() -> None:
    about = tumor()
    grade = feature("grade", "G2", evidence=(Evidence("Ki-67 8 %, 2026-03-15", "Observation/k1"), Evidence("WHO")))
    level = feature("nse-level", "high", "normal")
    which = row("net-a", group="grade", when={"grade": ["G2"], "nse-level": ["high"]})
    again = row("net-b", group="grade", when={"grade": ["G2"]})
    card = card_of(fires(which, grade, level, tumor=about), fires(again, grade, tumor=about))
    assert basis_of(card) == {
        "knowledge": KNOWLEDGE.version,
        "recommendations": [
            {"id": "net-a", "statements": ["S0-01"], "tumor": "Condition/c1"},
            {"id": "net-b", "statements": ["S0-01"], "tumor": "Condition/c1"},
        ],
        "features": [
            {
                "name": "grade",
                "values": ["G2"],
                "tumor": "Condition/c1",
                "for": ["net-a", "net-b"],
                "evidence": [{"reference": "Observation/k1", "text": "Ki-67 8 %, 2026-03-15"}, {"text": "WHO"}],
            },
            {"name": "nse-level", "values": ["high", "normal"], "for": ["net-a"]},
        ],
    }


def test_a_fact_about_the_patient_that_one_row_asked_for_two_tumors_stands_once() -> None:
    one, two, level = tumor("Condition/c1"), tumor("Condition/c2"), feature(evidence=(NSE,))
    card = card_of(fires(row(group="grade"), level, tumor=one), fires(row(group="grade"), level, tumor=two))
    [listed] = basis_of(card)["features"]
    assert listed["for"] == ["net-a"]
    assert len(lines_of(card, "Based on")) == 1


def test_a_tumor_without_a_reference_is_not_referred_to() -> None:
    about = tumor("", "")
    card = card_of(fires(row(when={"grade": ["G2"]}), feature("grade", "G2"), tumor=about))
    assert "tumor" not in basis_of(card)["recommendations"][0]
    assert "tumor" not in basis_of(card)["features"][0]


# --- the card about data that were not seen ----------------------------------------------------------------------

OPEN = undetermined(row("net-b", when={"sstr": ["positive"]}), unseen("sstr"))


def test_open_rows_for_want_of_data_make_one_card_where_a_tumor_is_seen() -> None:
    card = card_of(OPEN, of=picture(tumor()))
    assert card["indicator"] == "info"
    assert card["source"]["topic"]["code"] == "missingdata"
    assert "- somatostatin receptor status: not searched" in card["detail"]
    assert basis_of(card) == {"knowledge": KNOWLEDGE.version, "unseen": [{"name": "sstr", "reason": "not searched"}]}
    require_valid({"cards": [card]}, "hook-response", "$")


def test_open_rows_make_a_card_where_an_nse_or_a_known_draft_is_seen() -> None:
    assert card_of(OPEN, of=picture(leads={"nse": "NSE 21.1 ug/L"}))["indicator"] == "info"
    assert card_of(OPEN, drafts=(drafted_as("lanreotide 120 mg"),))["indicator"] == "info"


def test_open_rows_make_no_card_where_nothing_of_ours_is_seen() -> None:
    assert cards_of(OPEN) == []
    assert cards_of(OPEN, of=picture(leads={"cga": "Chromogranin A 40 ug/L"})) == []
    assert cards_of(OPEN, drafts=(drafted_as("paracetamol 500 mg"),)) == []


def test_a_fact_that_is_simply_not_recorded_makes_no_card() -> None:
    unrecorded = undetermined(
        row("net-b", when={"sstr": ["positive"]}), unseen("sstr"), unseen("hormone", Gap.NOT_RECORDED)
    )
    assert cards_of(unrecorded, of=picture(tumor())) == []


def test_an_unreadable_fact_makes_the_card_and_what_was_set_aside_is_named() -> None:
    open_ = undetermined(row("net-b", when={"nse-level": ["high"]}), unseen("nse-level", Gap.NOT_READABLE, "no unit"))
    record = charts.record(charts.nse(id="n1", date="2027-03-01"))
    card = card_of(open_, of=picture(tumor()), record=record)
    assert "- NSE: not readable, no unit" in card["detail"]
    assert "- Observation/n1 was not used" in card["detail"]


def test_an_open_footer_alone_makes_no_card_about_data() -> None:
    assert cards_of(undetermined(row(footer=True), unseen("nse-level")), of=picture(tumor())) == []


def test_a_row_that_fires_is_shown_instead_of_the_card_about_data() -> None:
    card = card_of(fires(row()), OPEN, of=picture(tumor()))
    assert card["source"]["topic"]["code"] == "neta"


# --- hostile records, end to end ---------------------------------------------------------------------------------

EVIL = "<img src=x onerror=alert(1)>[x](javascript:alert(2)) https://evil.example a|b\n\n# h `c` me@evil.example"


def test_hostile_words_of_a_record_reach_no_card_alive() -> None:
    resources = (
        charts.condition("icd-10-cm|C7A.012", text=f"Neuroendocrine tumor of the ileum {EVIL}"),
        charts.condition("icd-10-cm|C34.11", text=f"Small cell lung cancer {EVIL}"),
        charts.nse(21.1, note=EVIL, interpretation=[{"text": EVIL}]),
        charts.ki67(8, bodySite=EVIL),
        charts.pathology(f"Neuroendocrine tumor {EVIL} Ki-67 8 %"),
    )
    body = answered(*resources)
    assert body["cards"]
    words = json.dumps(body)
    assert not re.search(r"(?i)<(?=[a-z/!?])|javascript:|//evil|@evil", words)
    for card in body["cards"]:
        assert not re.search(r"(?<!\\)\]\(|(?<!\\)`|(?<!\\)\|", card["detail"])


def test_a_result_without_a_number_leads_with_harmless_words() -> None:
    seen = picture(leads={"nse": "NSE <b>not\nmeasured</b>"})
    assert card_of(fires(row(lead="nse")), of=seen)["summary"] == "NSE b>not measured/b>: Summary of net-a"
    below = picture(leads={"nse": "NSE <5 ug/L (limit 16.3)"})
    assert card_of(fires(row(lead="nse")), of=below)["summary"] == "NSE <5 ug/L (limit 16.3): Summary of net-a"


def test_a_hostile_unit_of_an_nse_reaches_no_summary_alive() -> None:
    body = answered(
        charts.condition("icd-10-cm|C34.11", text="Small cell lung cancer"),
        charts.nse(21.1, unit="<img src=x onerror=alert(1)>"),
    )
    assert not re.search(r"<(?=[a-z/!?])", json.dumps(body))
