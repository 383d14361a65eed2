"""Pages of cases written for one test, and the calls and faults that become of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cds_service.cases.calls import Call, CallMaker, Told
from cds_service.cases.corpus import Corpus, read_corpus
from cds_service.cases.pages import Case, read_page
from cds_service.cases.resources import Resource, resource
from cds_service.errors import CasesError
from cds_service.guideline.knowledge import Knowledge
from tests import charts

NOW = charts.NOW
KNOWLEDGE: Knowledge = charts.GUIDELINE.knowledge
BASE = """
[base]
patient = { gender = "female", birthDate = 1960-02-03 }
c1 = { Condition = "icd-10-cm|C7A.8 'Other malignant neuroendocrine tumors'", date = 2026-01-10 }
m1 = { Observation = "loinc|15060-7 'NSE'", value = "21.1 ug/L", date = "-14d", referenceRange = "<=16.3 ug/L" }
"""


@cache
def maker() -> CallMaker:
    return CallMaker.of(KNOWLEDGE, NOW)


def made(**line: Any) -> Resource:
    """The resource of one line."""
    return resource(line, "x1", "p1", maker().reader)


def write(root: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def cases(root: Path, page: str) -> dict[str, Case]:
    """The cases of one page."""
    folder = write(root / "fixtures", {"dangers/page.toml": page})
    return dict(read_page(folder / "dangers/page.toml", folder, maker()).cases)


def told(root: Path, page: str, case: str) -> Told:
    found = cases(root, page)[case].told
    assert found is not None
    return found


def resources(call: Call) -> dict[str, Resource]:
    """The resources of a call by their ids, wherever they stand."""
    bundles = [value for value in call["prefetch"].values() if value and value["resourceType"] == "Bundle"]
    bundles += [call["context"]["draftOrders"]] if "draftOrders" in call["context"] else []
    return {entry["resource"]["id"]: entry["resource"] for bundle in bundles for entry in bundle.get("entry", ())}


def faults(root: Path, page: str) -> list[str]:
    """Every fault of a page, as printed."""
    with pytest.raises(CasesError) as refused:
        cases(root, page)
    return str(refused.value).splitlines()


def fault(root: Path, page: str) -> str:
    (only,) = faults(root, page)
    return only


def corpus(root: Path, files: dict[str, str | bytes], knowledge: Knowledge = KNOWLEDGE) -> Corpus:
    return read_corpus(write(root / "fixtures", {"NOW": NOW.isoformat(), **files}), knowledge)
