"""What the documents for readers say is true of the service: tables, commands, pasted answers, release notes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from cds_service import __version__
from cds_service.__main__ import cli
from cds_service.authoring.reading import read_knowledge
from cds_service.cases.corpus import read_corpus
from cds_service.config import PREFIX, Settings
from cds_service.web.app import create_app
from tests.conftest import FIXTURES

ROOT = FIXTURES.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "fhir_fixtures/README.md")
HEMOLYZED = "nse-hemolyzed/fires--hemolysis-index-20"
LANREOTIDE = FIXTURES / "stories/lanreotide-drafted-in-nec/request.json"
LEFT_OUT = "..."


def part(name: str) -> str:
    """What stands in README between the two marks of this name."""
    found = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- /{name} -->", README, re.DOTALL)
    assert found, f"README has no part {name}"
    return found[1]


def rows(name: str) -> list[list[str]]:
    """The cells of a table in README, without its head."""
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in part(name).splitlines()[2:]]


def code_blocks(document: str) -> Iterator[str]:
    yield from re.findall(r"```\w*\n(.*?)```", (ROOT / document).read_text(encoding="utf-8"), re.DOTALL)


def printed(*arguments: str) -> str:
    run = CliRunner().invoke(cli, list(arguments))
    assert run.exit_code == 0, run.output
    return run.output


def quoted_lines(block: str) -> list[str]:
    """The lines of a pasted output, without its fence and what marks the gaps."""
    lines = [line.removesuffix(LEFT_OUT).strip() for line in block.splitlines() if not line.startswith("```")]
    return [line for line in lines if line]


def in_this_order(lines: list[str], text: str) -> bool:
    start = 0
    for line in lines:
        start = text.find(line, start)
        if start < 0:
            return False
        start += len(line)
    return True


@pytest.fixture(scope="module")
def demo() -> FlaskClient:
    now = (FIXTURES / "NOW").read_text(encoding="utf-8").strip()
    return create_app(Settings.model_validate({"now": now})).test_client()


def test_the_table_of_settings_names_every_setting_and_no_other() -> None:
    assert [row[0] for row in rows("settings")] == [f"`{PREFIX}{name.upper()}`" for name in Settings.model_fields]


def test_the_table_of_settings_has_the_defaults() -> None:
    defaults = {f"`{PREFIX}{name.upper()}`": field.default for name, field in Settings.model_fields.items()}
    for name, shown, _ in rows("settings"):
        if isinstance(defaults[name], str | int | float):
            assert shown.lower() == f"`{defaults[name]}`".lower()
        elif defaults[name] is None:
            assert shown == "not set"


def test_the_table_of_services_is_the_discovery_document(demo: FlaskClient) -> None:
    offered = demo.get("/cds-services").get_json()["services"]
    assert rows("services") == [
        [f"`{service['id']}`", f"`{service['hook']}`", ", ".join(f"`{key}`" for key in service["prefetch"])]
        for service in offered
    ]


def test_the_pasted_answer_is_that_of_the_service(demo: FlaskClient) -> None:
    answer = demo.post(
        "/cds-services/nen-patient-view", data=printed("call", HEMOLYZED), content_type="application/json"
    )
    indented = json.dumps(answer.get_json(), indent=2, ensure_ascii=False)
    assert in_this_order(quoted_lines(part("answer")), indented)


def test_the_pasted_explanation_is_that_of_the_command() -> None:
    assert in_this_order(quoted_lines(part("explanation")), printed("explain", HEMOLYZED))


def test_the_card_that_is_shown_is_a_real_one(demo: FlaskClient) -> None:
    call = LANREOTIDE.read_bytes()
    hook = json.loads(call)["hook"]
    answer = demo.post(f"/cds-services/nen-{hook}", data=call, content_type="application/json").get_json()
    card = answer["cards"][0]
    shown = "\n".join(line.removeprefix(">").removeprefix(" ") for line in part("card").splitlines())
    assert shown == f"**{card['summary']}**\n\n{card['detail']}"
    assert card["suggestions"][0]["label"] in re.sub(r"\s+", " ", README)


def example(name: str) -> str:
    """What stands in the example of CONTRIBUTING between the two marks of this name."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    found = re.search(rf"<!-- {name} -->\n```\w*\n(.*?)```\n<!-- /{name} -->", text, re.DOTALL)
    assert found, f"CONTRIBUTING has no part {name}"
    return found[1]


def test_the_example_of_contributing_is_a_real_recommendation_with_its_first_cases() -> None:
    name = "resected-net-nse-follow-up"
    file = ROOT / "cds_service/knowledge/recommendations/net" / f"{name}.toml"
    assert example("row") == file.read_text(encoding="utf-8")
    page = FIXTURES / "recommendations" / f"{name}.toml"
    assert page.read_text(encoding="utf-8").startswith(example("page"))
    cases = re.findall(r"^\[(.*)\]", example("page"), re.MULTILINE)
    output = "".join(printed("explain", f"{name}/{case}") for case in cases)
    assert in_this_order(example("outcome").splitlines(), output)


def test_the_page_that_the_guide_to_the_cases_shows_can_be_read(tmp_path: Path) -> None:
    [page, *_] = code_blocks("fhir_fixtures/README.md")
    (tmp_path / "NOW").write_text("2026-11-15T12:00:00Z", encoding="utf-8")
    (tmp_path / "shown").mkdir()
    (tmp_path / "shown" / "page.toml").write_text(page, encoding="utf-8")
    names = [case.short_name for case in read_corpus(tmp_path, read_knowledge()).cases.values()]
    assert names == ["fires--lanreotide-selected", "silent--insulinoma", "silent--ki67-of-30-percent"]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_a_document_names_exists(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    links = [target for target in re.findall(r"\]\(([^)#\s]+)\)", text) if "://" not in target]
    assert all(((ROOT / document).parent / link).exists() for link in links)
    named = re.findall(r"(?<![\w./-])(?:fhir_fixtures|cds_service|tests)/[\w./-]*[\w/]", text)
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_a_document_shows_exists(document: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for block in code_blocks(document):
        for target in re.findall(r"^make (\w+)", block, re.MULTILINE):
            assert f"\n{target}:" in makefile
        for command in re.findall(r"-m cds_service (\w+)", block):
            assert command in cli.commands
    assert set(re.findall(r"-m cds_service (\w+)", README)) == set(cli.commands)


def releases() -> list[str]:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    return re.split(r"^## ", text, flags=re.MULTILINE)[1:]


def test_each_release_names_its_clinical_content_before_its_software() -> None:
    for release in releases():
        assert re.findall(r"^### (.+)$", release, re.MULTILINE) == ["Clinical content", "Software"]
        assert re.search(r"[Kk]nowledge `\d{4}\.\d{2}\.\d+`", release)


def test_the_newest_release_is_this_one() -> None:
    newest = releases()[0]
    knowledge = read_knowledge()
    assert newest.startswith(__version__)
    assert f"`{knowledge.version}`" in newest
    assert f"{len(knowledge.recommendations)} recommendations" in newest
