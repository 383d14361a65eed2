"""The knowledge folder: what is read from it, and that every fault is refused with its file, its key and a hint."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cds_service.authoring.reading import read_knowledge
from cds_service.errors import KnowledgeError
from cds_service.guideline.concepts import CodeLine, MarkerLimits
from cds_service.guideline.recommendations import Indicator, SuggestionPlan
from cds_service.guideline.vocabulary import VOCABULARY
from tests.authoring.folder import FILES, MARKER, ORDER, REPEAT, ROW, faults, read, row, write


def test_a_row_is_read_with_the_defaults_merged_in(tmp_path: Path) -> None:
    found = read(tmp_path).by_id["repeat"]
    assert (found.id, found.topic, found.indicator) == ("repeat", "nse", Indicator.WARNING)
    assert found.when == {"age-group": frozenset({"adult", "unknown"}), "nse-reading": frozenset({"hemolyzed"})}
    assert found.own_keys == {"nse-reading"}
    assert found.advice == "Red cells contain NSE."
    assert found.as_of == date(2026, 11, 15)
    assert found.review.next == date(2027, 11, 15)
    assert found.suggestions == (SuggestionPlan("Repeat NSE", ("nse",)),)
    assert [(c.source.label, c.section) for c in found.citations] == [
        ("Hemolysis and NSE (Oncotarget, 2020)", "Results")
    ]


def test_a_file_as_a_windows_editor_saves_it_is_read(tmp_path: Path) -> None:
    text = "\ufeff" + ROW.replace("\n", "\r\n")
    assert read_knowledge(write(tmp_path, {REPEAT: text})).by_id["repeat"].title == "Repeat a hemolyzed NSE"


def test_a_row_that_names_a_default_itself_replaces_it(tmp_path: Path) -> None:
    text = row("[when]", '[when]\nage-group = ["child"]')
    found = read_knowledge(write(tmp_path, {REPEAT: text})).by_id["repeat"]
    assert found.when["age-group"] == {"child"}


def test_a_suggestion_may_delete_the_order_and_create_several(tmp_path: Path) -> None:
    text = row('create = "nse"', 'create = ["nse", "nse"]\ndelete = "the-order"')
    text = text.replace("[when]", 'against = ["octreoscan"]\n[when]\nordering = ["octreoscan"]')
    found = read_knowledge(write(tmp_path, {REPEAT: text})).by_id["repeat"]
    assert found.suggestions == (SuggestionPlan("Repeat NSE", ("nse", "nse"), True),)


def test_rows_stand_in_the_order_of_their_urgency(tmp_path: Path) -> None:
    critical = row('"warning"', '"critical"')
    info = row('"warning"\nkind = "result"', '"info"\ngroup = "markers"')
    files = {"recommendations/other/z.toml": critical, "recommendations/net/a.toml": info}
    found = read_knowledge(write(tmp_path, {**files}))
    assert [one.id for one in found.recommendations] == ["z", "repeat", "a"]


def test_concepts_orders_and_markers_are_read(tmp_path: Path) -> None:
    found = read(tmp_path)
    marker = found.concepts["markers/nse"]
    assert (marker.folder, marker.name, marker.search) == ("markers", "nse", "nse")
    assert marker.codes == (CodeLine("loinc", "15060-7", "NSE", True, True, {"value": "x"}),)
    assert [dict(phrase.attributes) for phrase in marker.phrases] == [{}, {"site": "stomach"}]
    assert marker.phrases[0].pattern.search("nse")
    assert marker.not_phrases[0].pattern.search("NSE in csf")
    assert found.markers["nse"] == MarkerLimits("NSE", "ug/L", "16.3", ("8", "30"))
    order = found.orders["nse"]
    assert (order.resource, order.same_as) == ("ServiceRequest", ("orders/nse", "orders/nse"))
    assert order.emit == (CodeLine("loinc", "15060-7", "NSE", children=False, verified=True),)
    assert [line.verified for line in found.concepts["orders/nse"].codes] == [True, False]
    assert [concept.id for concept in found.in_folder("orders")] == ["orders/nse"]


def test_a_marker_without_a_limit_of_its_own_has_none(tmp_path: Path) -> None:
    text = 'title = "CEA"\nname = "CEA"\nunit = "ug/L"\ntexts = ["CEA"]'
    found = read_knowledge(write(tmp_path, {"markers/cea.toml": text}))
    assert found.markers["cea"] == MarkerLimits("CEA", "ug/L", "", ("", ""))


def test_limits_keep_whole_numbers_whole_and_figures_exact(tmp_path: Path) -> None:
    limits = read(tmp_path).limits
    assert limits.ki67_g2_from == Decimal(3)
    assert isinstance(limits.ki67_g2_from, Decimal)
    assert isinstance(limits.nse_fresh_days, int)


def test_the_knowledge_cannot_be_changed(tmp_path: Path) -> None:
    found = read(tmp_path)
    for table in (found.sources, found.concepts, found.orders, found.markers, found.systems, found.groups):
        with pytest.raises(TypeError):
            table["new"] = None  # type: ignore[index]


def test_the_knowledge_of_the_service_is_sound() -> None:
    found = read_knowledge()
    assert found.recommendations
    assert found.by_id is found.by_id


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("nse-reading =", "nse-readin =", "[when.nse-readin]: is not a case feature; did you mean 'nse-reading'?"),
        ("nse-reading =", "xyz =", "[when.xyz]: is not a case feature"),
        ('["hemolyzed"]', '["hemolysed"]', "[when.nse-reading]: 'hemolysed' is not a value; did you mean 'hemolyzed'?"),
        ('["hemolyzed"]', '["xyz"]', "[when.nse-reading]: 'xyz' is not a value"),
        (
            '"oncotarget"',
            '"oncotargte"',
            "[evidence.document]: 'oncotargte' is not in sources.toml; did you mean 'oncotarget'?",
        ),
        ('"oncotarget"', '"article"', "[evidence]: names no document that is more than the origin of the text"),
        ('create = "nse"', 'create = "psa"', "[suggestions.create]: 'psa' is not an order that can be drafted"),
        ("hooks =", 'replaces = ["gone"]\nhooks =', "[replaces]: 'gone' is not a recommendation"),
        ("hooks =", 'replaces = ["repeat"]\nhooks =', "[replaces]: comes back to the row itself (repeat -> repeat)"),
        ("2026-11-15", '"2026-11-15"', "[as_of]: is a date and stands without quotes"),
        ("2027-11-15", '"2027-11-15"', "[review.next]: is a date and stands without quotes"),
        ("2026-11-15", "2026-11-15T12:00:00", "[as_of]: '2026-11-15T12:00:00' is not a date like 2026-11-15"),
        ('"warning"', '"urgent"', "[indicator]: 'urgent' is not one of"),
        ('["patient-view"]', '["order-sigh"]', "[hooks.0]: 'order-sigh' is not one of"),
        (
            '"warning"',
            '"warnin"',
            "[indicator]: 'warnin' is not one of info, warning, critical; did you mean 'warning'?",
        ),
        ('kind = "result"\n', "", "[kind]: is missing: what a warning is about; it decides the reasons"),
        ("hooks =", 'group = "markers"\nhooks =', "[group]: 'markers' is not for a warning, which stands on a card of"),
        ("hooks =", "footer = true\nhooks =", "'warning' is not 'info', the only thing it can be: a footer stands"),
        ('"warning"\nkind = "result"', '"info"', "[group]: is missing: information shares a card: name its group"),
        ("hooks =", "colour = 1\nhooks =", "[colour]: is no key here"),
        (
            "contain NSE",
            "contain <b>NSE</b>",
            "[advice]: '  Red cells contain <b>NSE</b>.  ' is not Markdown without HTML",
        ),
        ('["S0-01"]', '["S9-01"]', "[statements.0]: 'S9-01' is not the number of a statement, like S0-01"),
        ('["S0-01"]', "[]", "[statements]: is empty: 1 at least"),
        ('["S0-01"]', '"S0-01"', "[statements]: must be a list in [ ], not 'S0-01'"),
        ('"Repeat it on a new sample."', "5", "[summary]: must be text in quotes, not 5"),
        ('["hemolyzed"]', '["hemolyzed", "hemolyzed"]', "[when.nse-reading]: lists 'hemolyzed' twice"),
        ('["hemolyzed"]', "[]", "[when.nse-reading]: is empty"),
        ("Repeat it on a new sample.", "x" * 140, "[summary]: has 140 characters; 139 at most"),
        ("next = 2027-11-15", "", "[review.next]: is missing: who reviewed it (status) and when"),
        ("2027-11-15", "2026-11-15", "[review.next]: 2026-11-15 is not after as_of, 2026-11-15"),
        ("2027-11-15", "2027-02-30", "is not TOML: "),
        (
            'label = "Repeat NSE"',
            'label = "Repeat NSE"\ndelete = "it"',
            "[suggestions.0.delete]: 'it' is not 'the-order'",
        ),
        ('create = "nse"', 'delete = "the-order"', "[suggestions.delete]: needs ordering in [when]"),
        ("hooks =", 'lead = "order"\nhooks =', "[lead]: needs ordering in [when]: what is shown first"),
        (
            'as_of = 2026-11-15\n\n[when]\nnse-reading = ["hemolyzed"]',
            'lead = "nse"\nas_of = 2026-11-15\n\n[when]\nnse-trend = ["suspended"]',
            "[lead]: needs nse-reading or nse-level or nse-multiple in [when]: what is shown first",
        ),
        (
            "hooks =",
            'relies_on = ["lutathero"]\nhooks =',
            "[relies_on]: 'lutathero' is not in approvals.toml; did you mean",
        ),
        ('create = "nse"', 'create = "nze"', "'nze' is not an order that can be drafted; did you mean 'nse'?"),
        ('["S0-01"]', '["S0-01", "S0-10"]', "'S0-10' is not in statements.toml; did you mean 'S0-01'?"),
        ("hooks =", 'replaces = ["repaet"]\nhooks =', "'repaet' is not a recommendation; did you mean 'repeat'?"),
        ('["S0-01"]', '["S0-01", "S0-77"]', "[statements]: 'S0-77' is not in statements.toml"),
        ('create = "nse"', "", "[suggestions.0]: {'label': 'Repeat NSE'} is not a suggestion: it needs create"),
        ('nse-reading = ["hemolyzed"]', "", "[when]: is empty: 1 at least"),
    ],
)
def test_a_row_with_a_fault_is_refused_with_its_key_and_the_nearest_word(
    tmp_path: Path, old: str, new: str, fault: str
) -> None:
    found = faults(tmp_path, {REPEAT: row(old, new)})
    assert len(found) == 1
    assert found[0].startswith(REPEAT)
    assert fault in found[0]


def test_an_information_row_names_a_group_that_exists(tmp_path: Path) -> None:
    info = row('"warning"\nkind = "result"', '"info"\ngroup = "marker"')
    assert faults(tmp_path, {REPEAT: info}) == [
        f"{REPEAT} [group]: 'marker' is not in groups.toml; did you mean 'markers'?"
    ]


@pytest.mark.parametrize(
    ("length", "lead", "refused"), [(85, True, 0), (86, True, 1), (139, False, 0), (140, False, 1)]
)
def test_a_summary_leaves_room_for_its_lead(tmp_path: Path, length: int, lead: bool, refused: int) -> None:
    text = row("Repeat it on a new sample.", "x" * length)
    text = text.replace("hooks =", 'lead = "nse"\nhooks =') if lead else text
    write(tmp_path, {REPEAT: text})
    if refused:
        with pytest.raises(KnowledgeError, match=r"repeat.toml \[summary\]"):
            read_knowledge(tmp_path)
    else:
        assert len(read_knowledge(tmp_path).by_id["repeat"].summary) == length


def test_a_long_summary_with_a_lead_says_how_long_it_is(tmp_path: Path) -> None:
    text = row("Repeat it on a new sample.", "x" * 86).replace("hooks =", 'lead = "nse"\nhooks =')
    assert faults(tmp_path, {REPEAT: text}) == [f"{REPEAT} [summary]: has 86 characters; 85 with a lead"]


def test_a_cycle_of_replacements_is_refused_at_each_of_its_rows(tmp_path: Path) -> None:
    def replacing(other: str) -> str:
        return row("hooks =", f'replaces = ["{other}"]\nhooks =')

    files = {f"recommendations/nse/{one}.toml": replacing(other) for one, other in (("a", "b"), ("b", "c"), ("c", "a"))}
    assert faults(tmp_path, {**files}) == [
        f"recommendations/nse/{way[0]}.toml [replaces]: comes back to the row itself ({' -> '.join(way)}): take one of"
        " them out"
        for way in ("abca", "bcab", "cabc")
    ]


def test_a_chain_of_replacements_is_no_cycle(tmp_path: Path) -> None:
    chain = {
        "recommendations/nse/a.toml": row("hooks =", 'replaces = ["b", "repeat"]\nhooks ='),
        "recommendations/nse/b.toml": row("hooks =", 'replaces = ["repeat"]\nhooks ='),
    }
    assert read_knowledge(write(tmp_path, {**chain})).by_id["a"].replaces == {"b", "repeat"}


def test_one_name_in_two_topics_is_refused(tmp_path: Path) -> None:
    assert faults(tmp_path, {"recommendations/net/repeat.toml": ROW}) == [
        "recommendations/net/repeat.toml: has the same name as a row of another topic: rename one of them"
    ]


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("version.toml", "version = ", "version.toml: is not TOML: "),
        (REPEAT, b"\xff\xfe", f"{REPEAT}: is not TOML: "),
        ("version.toml", None, "version.toml: is missing"),
        ("systems.toml", None, "systems.toml: is missing"),
        ("statements.toml", None, "statements.toml: is missing"),
        (
            "statements.toml",
            FILES["statements.toml"].replace('"contested"', '"disputed"'),
            "statements.toml [S0-01.standing]: 'disputed' is not one of",
        ),
        (
            "statements.toml",
            FILES["statements.toml"] + '\nfigures_left_out = ["92 %"]',
            "statements.toml [S0-01.figures_left_out]: stands alone: because belongs to it",
        ),
        ("notes.toml", "a = 1", "notes.toml: stands where no file of the knowledge is expected"),
        ("recommendations/repeat.toml", ROW, "recommendations/repeat.toml: stands where no file"),
        ("recommendations/nse/old/repeat.toml", ROW, "recommendations/nse/old/repeat.toml: stands where no file"),
        ("markers/old/nse.toml", MARKER, "markers/old/nse.toml: stands where no file"),
        ("marker/nse.toml", MARKER, "marker/nse.toml: stands where no file"),
        ("schemas/nse.toml", MARKER, "schemas/nse.toml: stands where no file"),
        ("markers/sources.toml/x.toml", MARKER, "markers/sources.toml/x.toml: stands where no file"),
        ("version.toml", 'version = "1"', "version.toml [version]: '1' is not a version like 2026.11.0"),
        ("sources.toml", FILES["sources.toml"].replace("primary", "gospel"), "sources.toml [oncotarget.status]"),
        (
            "defaults.toml",
            '[when]\nage = ["adult"]\n[review]\nstatus = "open"\nmonths = 6',
            "defaults.toml [when.age]: is not a case feature",
        ),
        (
            "groups.toml",
            FILES["groups.toml"].replace("data-wrong", "data-wong"),
            "groups.toml [markers.override_reasons]: 'data-wong' is not a reason we have",
        ),
        (
            "groups.toml",
            FILES["groups.toml"] + '\norder = ["repeat"]',
            "groups.toml [markers.order]: 'repeat' is no row of this group",
        ),
        (
            "override_reasons.toml",
            FILES["override_reasons.toml"].replace('["data-wrong"]', '["other"]'),
            "override_reasons.toml [warnings.default]: 'other' is not a reason we have",
        ),
        (
            "markers/nse.toml",
            MARKER.replace('"loinc"', '"lionc"'),
            "markers/nse.toml [codes.system]: 'lionc' is not in systems.toml; did you mean 'loinc'?",
        ),
        (
            "markers/nse.toml",
            MARKER.replace("gastric NET", "gastric (NET"),
            "markers/nse.toml [texts]: 'gastric (NET' is not a regular expression: ",
        ),
        (
            "markers/nse.toml",
            MARKER.replace("\\bCSF\\b", "[CSF"),
            "markers/nse.toml [not_texts]: '[CSF' is not a regular expression: ",
        ),
        (
            "markers/nse.toml",
            MARKER.replace('unit = "ug/L"\n', ""),
            "markers/nse.toml [name]: stands alone: unit belongs to it",
        ),
        (
            "markers/nse.toml",
            MARKER.replace('"ug/L"', '"ug/l"'),
            "markers/nse.toml [unit]: 'ug/l' is not one of ug/L, ng/L, ''; did you mean 'ug/L'?",
        ),
        (
            "markers/nse.toml",
            MARKER.replace("16.3", "-16.3"),
            "markers/nse.toml [upper_limit]: -16.3 is out of range: more than 0",
        ),
        (
            "markers/nse.toml",
            MARKER.replace("16.3", "31"),
            "markers/nse.toml [plausible_limit]: must go from low to high, with upper_limit between: 8, 30",
        ),
        (
            "markers/nse.toml",
            MARKER.replace("[8, 30]", "[30, 8]"),
            "markers/nse.toml [plausible_limit]: must go from low to high, with upper_limit between: 30, 8",
        ),
        (
            "markers/nse.toml",
            MARKER.replace("texts = ['\\bNSE\\b', {", "texts = ['x', {"),
            "markers/nse.toml [texts.0]: 'x' is not text of 2 to 600 characters, or a table",
        ),
        (
            "markers/nse.toml",
            'title = "NSE in blood"',
            "markers/nse.toml: {'title': 'NSE in blood'} is not a concept: it needs codes or texts",
        ),
        (
            "markers/nse-csf.toml",
            MARKER,
            "markers/nse.toml [codes]: '15060-7' of loinc is already a code of markers/nse-csf, and it cannot mean",
        ),
        (
            "orders/nse.toml",
            ORDER.replace('"57371-7"', '"15060-7"').replace(", verified = false", ""),
            "orders/nse.toml [codes]: '15060-7' of loinc stands there twice: leave one out",
        ),
        (
            "approvals.toml",
            FILES["approvals.toml"] + '\ndate = "15.11.2026"',
            "approvals.toml [lutathera.date]: '15.11.2026' is not a date in quotes as far as it was seen",
        ),
        (
            "approvals.toml",
            FILES["approvals.toml"] + '\ndocument = "oncotraget"',
            "approvals.toml [lutathera.document]: 'oncotraget' is not in sources.toml; did you mean 'oncotarget'?",
        ),
        (
            "approvals.toml",
            FILES["approvals.toml"] + '\ndocument = "oncotarget"',
            f"{REPEAT} [relies_on]: misses lutathera, on which oncotarget is cited",
        ),
        (
            "recommendations/nes/x.toml",
            ROW,
            "recommendations/nes/x.toml: 'nes' is not a topic (net, nec, sclc, other, nse)",
        ),
        (
            "recommendations/nse/X y.toml",
            ROW,
            "recommendations/nse/X y.toml: is the id of what it holds: small letters",
        ),
        (
            "recommendations/nse/x.toml.txt",
            ROW,
            "recommendations/nse/x.toml.txt: is not read: its name must end in .toml",
        ),
        (
            "recommendation/nse/x.toml",
            ROW,
            "recommendation/nse/x.toml: stands where no file of the knowledge is expected; did",
        ),
        (
            "limits.toml",
            FILES["limits.toml"].replace("nse_fresh_days = { value = 14", "nse_fresh_days = { value = -14"),
            "limits.toml [nse_fresh_days.value]: -14 is out of range: at least 0",
        ),
        (
            "orders/nse.toml",
            ORDER.replace("loinc|15060-7", "loinc|57371-7"),
            "orders/nse.toml [draft.emit]: 'loinc|57371-7' is not a verified code of it",
        ),
        (
            "orders/nse.toml",
            ORDER.replace("loinc|15060-7", "loinc|1-8"),
            "orders/nse.toml [draft.emit]: 'loinc|1-8' is not a verified code of it",
        ),
        (
            "orders/nse.toml",
            ORDER.replace("orders/nse", "orders/nse-repeat"),
            "orders/nse.toml [same_as]: 'orders/nse-repeat' is not a file of codes; did you mean 'orders/nse'?",
        ),
        (
            "limits.toml",
            FILES["limits.toml"].replace("nse_fresh_days =", "nse_fresh_day ="),
            "limits.toml [nse_fresh_days]: is missing\n"
            "limits.toml [nse_fresh_day]: is not a limit; did you mean 'nse_fresh_days'?",
        ),
        (
            "limits.toml",
            FILES["limits.toml"].replace("nse_fresh_days = { value = 14", "nse_fresh_days = { value = 14.5"),
            "limits.toml [nse_fresh_days]: is a whole number",
        ),
    ],
)
def test_a_file_with_a_fault_is_refused_by_name(
    tmp_path: Path, name: str, content: str | bytes | None, fault: str
) -> None:
    found = faults(tmp_path, {name: content})
    assert "\n".join(found).startswith(fault)
    assert len(found) == fault.count("\n") + 1


def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    found = faults(tmp_path, {"version.toml": "version = 1", "notes.toml": "", REPEAT: "x"})
    assert [line.partition(":")[0].partition(" ")[0] for line in found] == ["notes.toml", REPEAT, "version.toml"]


def test_a_misspelt_key_is_named_with_the_one_that_was_meant_and_is_missing(tmp_path: Path) -> None:
    assert faults(tmp_path, {REPEAT: row("title =", "titel =")}) == [
        f"{REPEAT} [title]: is missing",
        f"{REPEAT} [titel]: is no key here; did you mean 'title'?",
    ]


def test_faults_between_files_are_named_beside_those_of_their_shape(tmp_path: Path) -> None:
    typo = row("[when]", '[when]\nkidney-failur = ["yes"]').replace('create = "nse"', 'create = "psa"')
    found = faults(
        tmp_path, {"version.toml": "version = 1", "recommendations/nse/b.toml": typo, REPEAT: row("hooks =", "hooks")}
    )
    assert found == [
        "recommendations/nse/b.toml [when.kidney-failur]: is not a case feature; did you mean 'kidney-failure'?",
        "recommendations/nse/b.toml [suggestions.create]: 'psa' is not an order that can be drafted",
        f"{REPEAT}: is not TOML: Expected '=' after a key in a key/value pair (at line 8, column 7)",
        "version.toml [version]: must be text in quotes, not 1",
    ]


@pytest.mark.parametrize("name", sorted({*FILES} - {REPEAT, "markers/nse.toml"}))
def test_a_file_with_a_fault_is_the_only_one_named_for_what_it_would_hold(tmp_path: Path, name: str) -> None:
    """Else a comma too many in sources.toml would hide among a line for every citation."""
    for content in ("x",) if "/" in name or name == "approvals.toml" else ("x", None):
        found = faults(tmp_path / str(content), {name: content})
        assert [line.partition(":")[0] for line in found] == [name]


def test_without_approvals_no_row_may_rely_on_one(tmp_path: Path) -> None:
    assert read_knowledge(write(tmp_path / "a", {"approvals.toml": None})).approvals == {}
    relying = row("hooks =", 'relies_on = ["lutathera"]\nhooks =')
    assert faults(tmp_path / "b", {"approvals.toml": None, REPEAT: relying}) == [
        f"{REPEAT} [relies_on]: 'lutathera' is not in approvals.toml"
    ]


def test_a_replaced_row_with_a_fault_is_named_itself_only(tmp_path: Path) -> None:
    files = {"recommendations/net/a.toml": row("hooks =", 'replaces = ["repeat"]\nhooks ='), REPEAT: "x"}
    assert [line.partition(":")[0] for line in faults(tmp_path, {**files})] == [REPEAT]


def test_a_key_that_lists_every_value_is_for_lifting_a_default_only(tmp_path: Path) -> None:
    ages = ", ".join(f'"{value}"' for value in VOCABULARY["age-group"].values)
    lifted = read_knowledge(write(tmp_path / "a", {REPEAT: row("[when]", f"[when]\nage-group = [{ages}]")}))
    assert len(lifted.by_id["repeat"].when["age-group"]) == 4
    levels = ", ".join(f'"{value}"' for value in VOCABULARY["nse-level"].values)
    assert faults(tmp_path / "b", {REPEAT: row("[when]", f"[when]\nnse-level = [{levels}]")}) == [
        f"{REPEAT} [when.nse-level]: lists every value and so asks nothing: leave the key or a value out"
    ]


def test_an_unconfirmed_code_may_stand_with_two_diagnoses_its_display_decides(tmp_path: Path) -> None:
    def of(verified: str) -> str:
        code = f'{{ system = "loinc", code = "C73", display = "Thyroid", checked = "a list", verified = {verified} }}'
        return f'title = "A tumor"\ncodes = [{code}]'

    files = {"diagnoses/a.toml": of("true"), "diagnoses/b.toml": of("false"), "treatments/c.toml": of("true")}
    assert read_knowledge(write(tmp_path, {**files})).in_folder("diagnoses")


def test_an_empty_or_missing_folder_holds_no_knowledge(tmp_path: Path) -> None:
    for root in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(KnowledgeError, match="holds no knowledge: give the folder with recommendations/"):
            read_knowledge(root)
