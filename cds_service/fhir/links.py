"""What a Bundle's own link says was searched: less than was declared, or a declared search under another key.

Reads links only; what came, and whether it is whole, is `prefetch`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

_PAGING = {"_sort", "_format", "_pretty", "_count", "_total", "_bundletype", "_getpages", "_getpagesoffset", "page"}
_TYPE = re.compile(r"(?!Fhir$)(?:[A-Z][a-z]+)+")  # and no base like ".../R4"
# Parameters of the types we ask for that leave resources, or parts of them, out.
_NARROWING = {
    "date", "status", "clinical-status", "verification-status", "category", "encounter", "context", "onset-date",
    "recorded-date", "abatement-date", "issued", "authoredon", "effective", "effective-time", "whenhandedover",
    "whenprepared", "collected", "started", "intent", "type", "class", "performer", "requester", "asserter", "source",
    "severity", "stage", "body-site", "bodysite", "medication", "reason-code", "conclusion", "identifier", "priority",
    "_id", "_lastUpdated", "_filter", "_has", "_list", "_tag", "_profile", "_security", "_source", "_text", "_content",
    "_summary", "_elements",
}  # fmt: skip


def is_of_another_type(self_link: str, template: str) -> bool:
    """Whether a Bundle's own link asked for other resources than the template; "$everything" is no type."""
    asked = _asked(self_link)
    return asked is not None and bool(_TYPE.fullmatch(asked[0])) and asked[0] != template.partition("?")[0]


def is_narrower(self_link: str, template: str, patient_id: str) -> bool:
    """Whether a Bundle's own link says that the search asked for less than declared, or for another patient."""
    asked = _asked(self_link)
    if asked is None or asked[0] != template.partition("?")[0]:
        return False  # no link, or one in a server's own words: it says nothing
    named = [name.partition(":")[0] for name, _ in asked[1]]
    patients = {value.rpartition("/")[2] for name, value in asked[1] if name in ("patient", "subject")}
    codes = {code for name, value in asked[1] if name == "code" for code in value.split(",")}
    # A parameter given twice means both.
    fewer = named.count("code") > 1 or ("code" in named and not _codes(template) <= codes)
    return fewer or bool(patients - {patient_id}) or bool(_NARROWING & set(named))


def _asked(self_link: str) -> tuple[str, list[tuple[str, str]]] | None:
    """Type and parameters of a search link, paging left out; None where there is no query in it."""
    try:
        parts = urlsplit(self_link)
    except ValueError:
        return None
    query = [(name, value) for name, value in parse_qsl(parts.query) if name not in _PAGING]
    return (parts.path.rstrip("/").rpartition("/")[2], query) if query else None


def covered(self_link: str, templates: Mapping[str, str], patient_id: str) -> set[str]:
    """The declared searches that a Bundle's own link proves: same type and patient, no narrower filter than ours."""
    kind, query = _asked(self_link) or ("", [])
    patient = [value.rpartition("/")[2] for name, value in query if name in ("patient", "subject")]
    filters = {name: set(value.split(",")) for name, value in query if name not in ("patient", "subject")}
    is_plain = len(query) == len({name for name, _ in query})  # a parameter given twice narrows the search
    if patient != [patient_id] or filters.keys() - {"code"} or not is_plain:
        return set()
    return {
        key
        for key, template in templates.items()
        if template.startswith(f"{kind}?") and _codes(template) <= (filters.get("code") or _codes(template))
    }


def _codes(template: str) -> set[str]:
    query = dict(parse_qsl(template.partition("?")[2].replace("{{", "").replace("}}", "")))
    return set(query["code"].split(",")) if "code" in query else {"*"}
