"""The configuration of a site: what it adds to the knowledge, and what is refused at start, named with file and key."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from cds_service.authoring import site_file
from cds_service.authoring.reading import KNOWLEDGE as FOLDER
from cds_service.authoring.site_file import read_site, site_at
from cds_service.errors import ConfigError
from cds_service.guideline.concepts import SiteLimit
from cds_service.guideline.recommendations import Indicator
from cds_service.guideline.site import NO_SITE, Site
from cds_service.hooks.templates import all_templates
from tests.authoring.folder import FILES, faults, read
from tests.conftest import FIXTURES
from tests.hooks.made import GUIDELINE

KNOWLEDGE = GUIDELINE.knowledge
KEYS = ("patient", "conditions", "nse", "markers")
EXAMPLE = FIXTURES.parent / "site.example.toml"
PRINTED = {
    "nse-after-neuro-event": "neuro_event_days",
    "nse-early-after-chemo": "chemotherapy_start_days",
    "nen-cross-sectional-imaging": "ct_mri_long_months",
    "nen-imaging-at-progression": "ct_mri_middle_months",
    "nec-imaging-interval": "ct_mri_short_months",
    "prrt-ssa-washout": "ssa_depot_days",
}
LIMIT = 'upper = 17\nunit = "ug/L"\nwhy = "the laboratory says so"\n'


def code(
    concept: str = "markers/nse", line: str = 'code = "XNSEN"\ndisplay = "NSE"', system: str = "urn:oid:1.2"
) -> str:
    return f'[[codes."{concept}"]]\nsystem = "{system}"\n{line}\n'


def site(folder: Path, text: str) -> Site:
    path = folder / "site.toml"
    path.write_text(text, encoding="utf-8")
    return read_site(path, KNOWLEDGE, KEYS)


def refused(folder: Path, text: str | bytes) -> list[str]:
    """Every fault of the file, without its name."""
    path = folder / "site.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError) as caught:
        read_site(path, KNOWLEDGE, KEYS)
    lines = str(caught.value).splitlines()
    assert all(line.startswith(str(path)) for line in lines)
    return [line.removeprefix(str(path)).lstrip(": ") for line in lines]


def refusal(folder: Path, text: str) -> str:
    [fault] = refused(folder, text)
    return fault


# --- the file ----------------------------------------------------------------------------------------------------


def test_without_a_file_the_knowledge_is_used_as_it_is() -> None:
    assert site_at(None, KNOWLEDGE) is NO_SITE
    assert NO_SITE.applied_to(KNOWLEDGE) is KNOWLEDGE


def test_an_empty_file_adds_nothing(tmp_path: Path) -> None:
    assert site(tmp_path, "") == NO_SITE


def test_the_example_file_is_sound_and_uses_every_part() -> None:
    example = site_at(EXAMPLE, KNOWLEDGE)
    assert all(getattr(example, part) for part in Site.__dataclass_fields__)
    used = example.applied_to(KNOWLEDGE)
    assert used.limits.marker_look_back_months == 18
    assert used.markers["nse"].site_limits == (SiteLimit(Decimal("17.0"), "Example assay"), SiteLimit(Decimal("16.0")))
    assert used.concepts["diagnoses/net"].codes[-1].attributes == {"site": "small-intestine"}


def test_a_file_as_a_windows_editor_saves_it_is_read(tmp_path: Path) -> None:
    assert site(tmp_path, "\ufeffname = 'x'\r\n").name == "x"


def test_a_file_that_is_nested_without_end_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path, f"a = {'[' * 5000}{']' * 5000}") == "is nested too deeply"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml: cannot be read: No such file"):
        site_at(tmp_path / "none.toml", KNOWLEDGE)


@pytest.mark.parametrize("text", [b"name =", b"name = '\xff'"])
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, text: bytes) -> None:
    [fault] = refused(tmp_path, text)
    assert fault.startswith("is not TOML: ")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('nmae = "x"', "[nmae]: is no key here; did you mean 'name'?"),
        ("name = 5", "[name]: must be text in quotes, not 5"),
        ('languages = "en"', "[languages]: must be a list in [ ], not 'en'"),
        ('languages = ["en", 5]', "[languages.1]: must be text in quotes, not 5"),
        ("codes = 5", "[codes]: must be a table, not 5"),
        ("[prefetch]\na = 5", "[prefetch.a]: must be text in quotes, not 5"),
        ("[prefetch]\na = []", "[prefetch.a]: is empty: 1 at least"),
        ("[windows]\ncards_per_call = true", "[windows.cards_per_call]: must be a whole number, not True"),
        ("[windows]\ncards_per_call = 5.5", "[windows.cards_per_call]: must be a whole number, not 5.5"),
        ('[limits.nse]\nupper = 17\nunit = "ug/L"', "[limits.nse.why]: is missing"),
        (f"[limits.nse]\n{LIMIT}unti = 1", "[limits.nse.unti]: is no key here; did you mean 'unit'?"),
        (f"[[limits.nse]]\n{LIMIT}unti = 1", "[limits.nse.0.unti]: is no key here; did you mean 'unit'?"),
        (code(line='code = "X"'), "[codes.markers/nse.0.display]: is missing"),
        (code(line='code = "X"\ndisplay = "NSE"\nsite = "toe"'), "[codes.markers/nse.0.site]: 'toe' is not one of"),
        (code(line='code = "X,Y"\ndisplay = "NSE"'), "[codes.markers/nse.0.code]: 'X,Y' is not a code without comma"),
        (code(line='code = "X "\ndisplay = "NSE"'), "[codes.markers/nse.0.code]: 'X ' is not a code without comma"),
        (
            code(system="our lab"),
            "[codes.markers/nse.0.system]: 'our lab' is not the URI of a code system: it begins with",
        ),
        (code(system="loinc"), "[codes.markers/nse.0.system]: 'loinc' is not the URI of a code system"),
    ],
)
def test_a_wrong_shape_is_named_with_its_key(tmp_path: Path, text: str, fault: str) -> None:
    assert refusal(tmp_path, text).startswith(fault)


def test_all_faults_are_named_at_once_a_wrong_shape_hides_only_its_own_entry(tmp_path: Path) -> None:
    text = f'lang = 1\n[windows]\nordered_days = "9"\nkidney_day = 9\n[limits.nse]\nupper = 17\n[limits.nes]\n{LIMIT}'
    assert refused(tmp_path, text) == [
        "[lang]: is no key here; did you mean 'languages'?",
        "[limits.nse.unit]: is missing",
        "[limits.nse.why]: is missing",
        "[windows.ordered_days]: must be a whole number, not '9'",
        "[limits.nes]: is not a marker of the knowledge; did you mean 'nse'?",
        "[windows.kidney_day]: is no window of this service; did you mean 'kidney_days'?",
    ]


def test_the_schema_knows_what_codes_of_the_knowledge_may_say() -> None:
    ours = json.loads(Path(site_file.__file__).with_name("site.schema.json").read_text(encoding="utf-8"))
    codes = json.loads((FOLDER / "schemas/codes.schema.json").read_text(encoding="utf-8"))
    said = {"site", "hormone", "differentiation", "grade", "value"}
    parts = [schema["$defs"]["code"]["properties"] for schema in (ours, codes)]
    assert [part[name] for name in said for part in parts[:1]] == [parts[1][name] for name in said]
    assert parts[0].keys() == {"system", "code", "display", *said}


# --- codes -------------------------------------------------------------------------------------------------------


def test_a_local_code_joins_the_codes_of_its_concept_under_its_own_system(tmp_path: Path) -> None:
    used = site(tmp_path, code()).applied_to(KNOWLEDGE)
    line = used.concepts["markers/nse"].codes[-1]
    assert (line.system, line.code, line.display, line.verified) == ("urn:oid:1.2", "XNSEN", "NSE", True)
    assert used.systems["urn:oid:1.2"] == ("urn:oid:1.2",)
    assert used.concepts["markers/cea"] == KNOWLEDGE.concepts["markers/cea"]


@pytest.mark.parametrize("system", ["http://loinc.org", "urn:oid:2.16.840.1.113883.6.1"])
def test_a_code_of_a_known_system_joins_that_system(tmp_path: Path, system: str) -> None:
    used = site(tmp_path, code(system=system)).applied_to(KNOWLEDGE)
    assert used.concepts["markers/nse"].codes[-1].system == "loinc"
    assert used.systems == KNOWLEDGE.systems


def test_local_codes_are_asked_for_in_the_template_of_their_concept(tmp_path: Path) -> None:
    used = site(tmp_path, code() + code("markers/cea", 'code = "A+B 7"\ndisplay = "CEA"')).applied_to(KNOWLEDGE)
    assert all_templates(used)["nse"].endswith(",urn:oid:1.2|XNSEN")
    assert "urn:oid:1.2|A%2BB%207" in all_templates(used)["markers"].split("=")[-1].split(",")
    assert all_templates(used)["status"] == all_templates(KNOWLEDGE)["status"]


def test_what_can_be_drafted_stays_as_it_is(tmp_path: Path) -> None:
    used = site(tmp_path, code("orders/nse", 'code = "LAB 6307"\ndisplay = "NSE"')).applied_to(KNOWLEDGE)
    assert used.concepts["orders/nse"].codes[-1].code == "LAB 6307"
    assert used.orders == KNOWLEDGE.orders


def test_an_unknown_concept_is_refused_with_the_nearest(tmp_path: Path) -> None:
    fault = "[codes.markers/nes]: is not a concept of the knowledge; did you mean 'markers/nse'?"
    assert refusal(tmp_path, code("markers/nes")) == fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (code() + code(), "[codes.markers/nse]: 'XNSEN' is already a code of markers/nse"),
        (
            code() + code("pathology/ki67", 'code = "XNSEN"\ndisplay = "Ki-67"'),
            "[codes.pathology/ki67]: 'XNSEN' is already a code of markers/nse",
        ),
        (
            code("markers/cea", 'code = "15060-7"\ndisplay = "CEA"', "http://loinc.org"),
            "[codes.markers/cea]: '15060-7' is already a code of markers/nse",
        ),
        (
            code("diagnoses/net", 'code = "C7A1"\ndisplay = "NET"', "http://hl7.org/fhir/sid/icd-10-cm"),
            "[codes.diagnoses/net]: 'C7A1' is already a code of diagnoses/nec",
        ),
        (
            code(line='code = "X"\ndisplay = "NSE Liquor"'),
            "[codes.markers/nse]: 'NSE Liquor', the display of 'X', means something else than"
            " 'Neuron-specific enolase in serum or plasma'",
        ),
        (
            code("markers/cea", 'code = "X"\ndisplay = "Neuron-specific enolase"'),
            "[codes.markers/cea]: 'Neuron-specific enolase', the display of 'X', names markers/nse",
        ),
    ],
)
def test_a_code_that_is_taken_or_says_something_else_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    assert refusal(tmp_path, text) == fault


def test_one_code_may_be_a_result_and_the_order_of_it(tmp_path: Path) -> None:
    assert set(site(tmp_path, code() + code("orders/nse")).codes) == {"markers/nse", "orders/nse"}


def test_the_display_of_another_specimen_may_use_the_plainer_name(tmp_path: Path) -> None:
    assert site(tmp_path, code("markers/nse-other-specimen", 'code = "X"\ndisplay = "NSE"')).codes


# --- prefetch keys -----------------------------------------------------------------------------------------------


def test_one_key_of_the_client_may_answer_several_of_ours(tmp_path: Path) -> None:
    found = site(tmp_path, '[prefetch]\n"epic-labs" = ["nse", "markers"]\n"epic-problems" = "conditions"')
    assert found.prefetch_keys == {"epic-labs": {"nse", "markers"}, "epic-problems": {"conditions"}}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('a = "condition"', "[prefetch.a]: 'condition' is no prefetch key of this service; did you mean 'conditions'?"),
        ('a = ["nse", "x"]', "[prefetch.a]: 'x' is no prefetch key of this service"),
        ('nse = "markers"', "[prefetch.nse]: is a key of this service: it needs no other name"),
    ],
)
def test_a_key_that_we_do_not_declare_or_that_is_ours_is_refused(tmp_path: Path, line: str, fault: str) -> None:
    assert refusal(tmp_path, f"[prefetch]\n{line}") == fault


# --- limits ------------------------------------------------------------------------------------------------------


def test_a_limit_is_kept_as_written_with_its_method(tmp_path: Path) -> None:
    text = (
        '[[limits.nse]]\nupper = 17.0\nunit = "ug/L"\nmethod = " Roche Cobas "\nwhy = "insert"\n[[limits.nse]]\n'
        + LIMIT
    )
    assert site(tmp_path, text).limits == {"nse": (SiteLimit(Decimal("17.0"), "Roche Cobas"), SiteLimit(Decimal(17)))}


def given(upper: str = "17", unit: str = "ug/L", marker: str = "nse", more: str = "") -> str:
    return f'[limits.{marker}]\nupper = {upper}\nunit = "{unit}"\nwhy = "the laboratory says so"\n{more}'


@pytest.mark.parametrize("upper", ["8", "30"])
def test_limits_that_laboratories_have_are_taken(tmp_path: Path, upper: str) -> None:
    assert site(tmp_path, given(upper)).limits["nse"] == (SiteLimit(Decimal(upper)),)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (given("7.9"), "[limits.nse]: 7.9 ug/L cannot be a limit of NSE (8 to 30)"),
        (given("30.1"), "[limits.nse]: 30.1 ug/L cannot be a limit of NSE (8 to 30)"),
        (given("nan"), "[limits.nse]: nan ug/L cannot be a limit of NSE (8 to 30)"),
        (given(unit="ng/mL"), "[limits.nse]: 'ng/mL' is not the unit of NSE here: give the limit in ug/L"),
        (given(marker="nes"), "[limits.nes]: is not a marker of the knowledge; did you mean 'nse'?"),
        (
            given(marker="chromogranin-a"),
            "[limits.chromogranin-a]: no limit is assumed for CgA: each result is held against its own range",
        ),
        (f"[[limits.nse]]\n{LIMIT}" * 2, "[limits.nse]: has two limits without a method"),
        (
            f'[[limits.nse]]\nmethod = "Cobas"\n{LIMIT}[[limits.nse]]\nmethod = "cobas"\n{LIMIT}',
            "[limits.nse]: has two limits for the method 'cobas'",
        ),
    ],
)
def test_a_limit_that_cannot_be_one_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    assert refusal(tmp_path, text) == fault


# --- windows -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("months", ["6", "24", "18.0"])
def test_a_window_of_the_site_takes_the_place_of_the_default(tmp_path: Path, months: str) -> None:
    used = site(tmp_path, f"[windows]\nmarker_look_back_months = {months}").applied_to(KNOWLEDGE)
    assert used.limits.marker_look_back_months == int(float(months))
    assert isinstance(used.limits.marker_look_back_months, int)
    assert used.limits.ordered_days == KNOWLEDGE.limits.ordered_days


@pytest.mark.parametrize("months", [5, 25])
def test_a_window_out_of_its_range_is_refused(tmp_path: Path, months: int) -> None:
    text = f"[windows]\nmarker_look_back_months = {months}"
    assert refusal(tmp_path, text) == f"[windows.marker_look_back_months]: {months} is out of range: 6 to 24"


@pytest.mark.parametrize(
    "name", ["ki67_g3_above", "nse_multiple_high", "adult_age", "ssa_depot_days", "neuro_event_days"]
)
def test_a_limit_of_medicine_cannot_be_set_by_a_site(tmp_path: Path, name: str) -> None:
    fault = f"[windows.{name}]: cannot be set by a site: it comes from medicine or stands in the words of a card"
    assert refusal(tmp_path, f"[windows]\n{name} = 14") == fault


def test_an_unknown_window_is_refused_with_the_nearest(tmp_path: Path) -> None:
    fault = "[windows.order_days]: is no window of this service; did you mean 'ordered_days'?"
    assert refusal(tmp_path, "[windows]\norder_days = 14") == fault


def test_windows_are_whole_numbers_of_our_own_choice() -> None:
    assert all(isinstance(getattr(KNOWLEDGE.limits, name), int) for name in KNOWLEDGE.windows)
    assert all(window.default == getattr(KNOWLEDGE.limits, name) for name, window in KNOWLEDGE.windows.items())


def test_a_window_that_a_summary_prints_is_not_for_a_site_to_change() -> None:
    """Where it stands in the text below the summary, the card names the figure of the site beside it."""
    window = re.compile(r"\b(?:within|last|older than) \d+ (?:days|weeks|months)\b", re.IGNORECASE)
    printed = {row.id for row in KNOWLEDGE.recommendations if window.search(f"{row.title}: {row.summary}")}
    assert printed <= PRINTED.keys(), "name the limit that the summary prints"
    assert KNOWLEDGE.windows.keys().isdisjoint(PRINTED.values())


@pytest.mark.parametrize(
    ("figures", "fault"),
    [
        ("least = 91, most = 99, features = []", "limits.toml [ordered_days.site]: its range leaves out its own 90"),
        (
            'least = 9, most = 99, features = ["nse-levle"]',
            "limits.toml [ordered_days.site]: 'nse-levle' is not a case feature; did you mean 'nse-level'?",
        ),
    ],
)
def test_a_window_of_the_knowledge_is_checked(tmp_path: Path, figures: str, fault: str) -> None:
    own = "site = { least = 7, most = 365, features = [] }"
    lines = FILES["limits.toml"].splitlines()
    broken = [
        line.replace(own, f"site = {{ {figures} }}") if line.startswith("ordered_days") else line for line in lines
    ]
    assert faults(tmp_path, {"limits.toml": "\n".join(broken)}) == [fault]


# --- languages ---------------------------------------------------------------------------------------------------


def test_phrases_of_languages_that_are_not_read_are_left_out(tmp_path: Path) -> None:
    used = site(tmp_path, 'languages = ["en", "fr"]').applied_to(KNOWLEDGE)
    langs = {phrase.lang for phrase in used.concepts["markers/nse"].phrases}
    assert langs == {"", "fr"}
    assert used.concepts["markers/nse"].not_phrases == KNOWLEDGE.concepts["markers/nse"].not_phrases


def test_without_a_word_about_languages_all_are_read(tmp_path: Path) -> None:
    used = site(tmp_path, 'name = "A hospital"').applied_to(KNOWLEDGE)
    assert used.concepts == KNOWLEDGE.concepts


@pytest.mark.parametrize(
    ("languages", "fault"),
    [
        ('["en", "it"]', "[languages]: 'it' is not read by this service; it reads de, en, es, fr"),
        ('["de"]', "[languages]: must hold 'en': texts in English are always read"),
    ],
)
def test_languages_that_cannot_be_chosen_are_refused(tmp_path: Path, languages: str, fault: str) -> None:
    assert refusal(tmp_path, f"languages = {languages}") == fault


def test_the_mark_of_a_language_is_no_attribute_of_a_phrase(tmp_path: Path) -> None:
    text = FILES["markers/nse.toml"].replace("'\\bNSE\\b'", "{ pattern = '\\bNSE\\b', lang = \"de\" }")
    phrase = read(tmp_path, **{"markers/nse.toml": text}).concepts["markers/nse"].phrases[0]
    assert (phrase.lang, phrase.attributes) == ("de", {})


# --- recommendations and approvals -------------------------------------------------------------------------------


def test_a_recommendation_is_switched_off_with_its_reason_and_kept_for_the_explanation(tmp_path: Path) -> None:
    used = site(tmp_path, '[switched_off]\nnet-mdt = "every patient is seen by the board"').applied_to(KNOWLEDGE)
    assert KNOWLEDGE.by_id["net-mdt"] not in used.recommendations
    assert len(used.recommendations) == len(KNOWLEDGE.recommendations) - 1
    [off] = used.switched_off
    assert (off.recommendation.id, off.why) == ("net-mdt", "every patient is seen by the board")


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('net-mtd = "not wanted"', "[switched_off.net-mtd]: is not a recommendation; did you mean 'net-mdt'?"),
        ('net-mdt = ""', "[switched_off.net-mdt]: is empty: 5 at least"),
        ('net-mdt = "no"', "[switched_off.net-mdt]: is too short: 5 at least"),
        ("net-mdt = true", "[switched_off.net-mdt]: must be text in quotes, not True"),
        (
            'pregnancy-and-treatment = "not wanted"',
            "[switched_off.pregnancy-and-treatment]: cannot be switched off: it is critical for safety",
        ),
        (
            'nse-not-alone = "not wanted"',
            "[switched_off.nse-not-alone]: cannot be switched off: it is a caution that stands under cards",
        ),
    ],
)
def test_a_recommendation_that_cannot_be_switched_off_is_refused(tmp_path: Path, line: str, fault: str) -> None:
    assert refusal(tmp_path, f"[switched_off]\n{line}").startswith(fault)


def test_what_is_critical_can_never_be_switched_off(tmp_path: Path) -> None:
    critical = [row.id for row in KNOWLEDGE.recommendations if row.indicator is Indicator.CRITICAL]
    assert critical
    for name in critical:
        assert "critical for safety" in refusal(tmp_path, f'[switched_off]\n{name} = "not wanted"')


def test_a_site_says_what_holds_of_an_approval(tmp_path: Path) -> None:
    used = site(tmp_path, '[approvals]\ntarlatamab-sclc = "on application only"').applied_to(KNOWLEDGE)
    assert used.approvals["tarlatamab-sclc"].here == "on application only"
    assert used.approvals["tarlatamab-sclc"].label.endswith(
        "; United States; 2025-11-19) - this site: on application only"
    )
    assert used.approvals["cabozantinib-net"] == KNOWLEDGE.approvals["cabozantinib-net"]


def test_an_unknown_approval_is_refused_with_the_nearest(tmp_path: Path) -> None:
    fault = "[approvals.tarlatamab]: is not in approvals.toml; did you mean 'tarlatamab-sclc'?"
    assert refusal(tmp_path, '[approvals]\ntarlatamab = "on application only"') == fault


def test_an_approval_without_a_date_says_that_none_was_seen() -> None:
    assert KNOWLEDGE.approvals["sunitinib-pancreatic-net"].label == (
        "sunitinib for progressive NET of the pancreas (FDA; United States; date not seen)"
    )
    assert KNOWLEDGE.approvals["lu-edotreotide"].label == (
        "177Lu-edotreotide for gastroenteropancreatic NET (FDA; United States; no decision was seen; its goal date was"
        " 28 August 2026)"
    )


def test_every_row_that_speaks_of_an_approval_or_a_label_names_it_as_data() -> None:
    """So that no card rests on what ages faster than medicine without its date."""
    speaks = re.compile(r"\bFDA\b|\bEMA\b|\bapprov|\blabel\b|\bin the EU\b")
    said = {row.id for row in KNOWLEDGE.recommendations if speaks.search(f"{row.title} {row.summary} {row.advice}")}
    named = {row.id for row in KNOWLEDGE.recommendations if row.relies_on}
    assert said
    assert said <= named


def test_every_approval_is_named_by_a_row() -> None:
    named = {key for row in KNOWLEDGE.recommendations for key in row.relies_on}
    assert named == KNOWLEDGE.approvals.keys()
