"""A small knowledge folder, made anew for each test and broken in one place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cds_service.authoring.reading import KNOWLEDGE, read_knowledge
from cds_service.errors import KnowledgeError
from cds_service.guideline.knowledge import Knowledge

ROW = """
statements = ["S0-01"]
title = "Repeat a hemolyzed NSE"
summary = "Repeat it on a new sample."
advice = "  Red cells contain NSE.  "
indicator = "warning"
kind = "result"
hooks = ["patient-view"]
for = ["nse"]
as_of = 2026-11-15

[when]
nse-reading = ["hemolyzed"]

[[suggestions]]
label = "Repeat NSE"
create = "nse"

[[evidence]]
document = "oncotarget"
section = "Results"

[review]
status = "not reviewed by a clinician"
next = 2027-11-15
"""
ORDER = """
title = "NSE, serum"
same_as = ["orders/nse"]
texts = ['\\bNSE\\b']
codes = [
  { system = "loinc", code = "15060-7", display = "NSE", checked = "a published list" },
  { system = "loinc", code = "57371-7", display = "NSE", checked = "nowhere", verified = false },
]

[draft]
resource = "ServiceRequest"
text = "Neuron-specific enolase, serum"
emit = ["loinc|15060-7"]
"""
MARKER = """
title = "NSE in blood"
name = "NSE"
unit = "ug/L"
upper_limit = 16.3
upper_limit_source = "one assay"
plausible_limit = [8, 30]
search = "nse"
texts = ['\\bNSE\\b', { pattern = 'gastric NET', site = "stomach" }]
not_texts = ['\\bCSF\\b']
codes = [{ system = "loinc", code = "15060-7", display = "NSE", checked = "a list", children = true, value = "x" }]
"""
FILES = {
    "version.toml": 'version = "2026.11.0"',
    "sources.toml": """
[oncotarget]
title = "Hemolysis and NSE"
publisher = "Oncotarget"
year = 2020
status = "primary"
url = "https://doi.org/10.18632/oncotarget.27664"

[article]
title = "An article"
publisher = "A site"
status = "origin only"
""",
    "defaults.toml": '[when]\nage-group = ["adult", "unknown"]\n[review]\nstatus = "reviewed by nobody"\nmonths = 6',
    "limits.toml": (KNOWLEDGE / "limits.toml").read_text(encoding="utf-8"),
    "groups.toml": '[markers]\ntitle = "Tumor markers"\noverride_reasons = ["data-wrong"]',
    "override_reasons.toml": '[reasons]\ndata-wrong = "Wrong"\n[warnings]\ndefault = ["data-wrong"]',
    "systems.toml": 'loinc = ["http://loinc.org", "urn:oid:2.16.840.1.113883.6.1"]',
    "statements.toml": '[S0-01]\ntitle = "A marker"\nstanding = "contested"',
    "approvals.toml": """
[lutathera]
what = "Lutathera"
authority = "FDA"
region = "United States"
checked = "a copy"
""",
    "subjects.toml": '[nse]\ntitle = "Measuring NSE"\nscope = "patient"\norders = ["nse"]\ndrafts = ["nse"]\n'
    '[octreoscan]\ntitle = "Octreoscan"\nscope = "patient"\ndrafts = ["octreoscan"]',
    "impossible.toml": "",
    "reviewed_pairs.toml": "reviewed = []",
    "orders/nse.toml": ORDER,
    "markers/nse.toml": MARKER,
    "recommendations/nse/repeat.toml": ROW,
}
REPEAT = "recommendations/nse/repeat.toml"


def write(root: Path, files: dict[str, str | bytes | None]) -> Path:
    """The small folder with some files replaced (None leaves one out)."""
    shutil.copytree(KNOWLEDGE / "schemas", root / "schemas")
    for name, content in ({**FILES} | files).items():
        if content is not None:
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def read(root: Path, **files: str | bytes | None) -> Knowledge:
    return read_knowledge(write(root, dict(files)))


def faults(root: Path, files: dict[str, str | bytes | None]) -> list[str]:
    """Every fault of the folder, as printed."""
    with pytest.raises(KnowledgeError) as refused:
        read_knowledge(write(root, files))
    return str(refused.value).splitlines()


def row(old: str = "", new: str = "") -> str:
    """The row of the folder with one passage replaced."""
    assert old in ROW
    return ROW.replace(old, new, 1)
