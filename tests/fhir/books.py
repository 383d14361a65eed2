"""A small code book of its own, so that these tests say what the reading does and not what the knowledge holds."""

from __future__ import annotations

import re
from typing import Any

from cds_service.fhir.codes import Codeable, CodeBook, Coding
from cds_service.guideline.concepts import CodeLine, Concept, ConceptId, Folder, Phrase

LOINC = "http://loinc.org"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
SYSTEMS = {
    "loinc": (LOINC, "urn:oid:2.16.840.1.113883.6.1"),
    "snomed": ("http://snomed.info/sct", "urn:oid:2.16.840.1.113883.6.96"),
    "icd-10-cm": (ICD, "urn:oid:2.16.840.1.113883.6.90"),
    "icd-10": ("http://hl7.org/fhir/sid/icd-10",),
    "atc": ("http://www.whocc.no/atc",),
}


def phrases(*patterns: str, **attributes: str) -> tuple[Phrase, ...]:
    return tuple(Phrase(re.compile(pattern, re.IGNORECASE), attributes) for pattern in patterns)


def line(system: str, code: str, display: str = "", **more: Any) -> CodeLine:
    return CodeLine(system, code, display or code, **more)


_IMAGING = ("cross-section", "sstr-imaging", "pet", "ct-mri", "hybrid-imaging")
CONCEPTS = (
    Concept(
        ConceptId("markers/nse"),
        "NSE in blood",
        (line("loinc", "15060-7", "Neuron specific enolase"),),
        phrases(r"\bNSE\b", "neuron[- ]specific enolase"),
        phrases(r"\bCSF\b", "liquor"),
    ),
    Concept(
        ConceptId("markers/nse-other-specimen"),
        "NSE elsewhere",
        (line("loinc", "44802-7", "Enolase in CSF"),),
        phrases(r"(?:\bNSE\b|enolase).*\bCSF\b"),
    ),
    Concept(ConceptId("markers/cea"), "CEA", (line("loinc", "2039-6", "Carcinoembryonic Ag"),), phrases(r"\bCEA\b")),
    Concept(ConceptId("pathology/ki67"), "Ki-67", (line("loinc", "29593-1"),), phrases("Ki-?67")),
    Concept(
        ConceptId("diagnoses/net"),
        "NET",
        (
            line("icd-10-cm", "C7A.0", children=True, attributes={"site": "other"}),
            line("icd-10-cm", "C7A.012", attributes={"site": "small-intestine"}),
            line("icd-10-cm", "D3A", children=True),
            line("snomed", "450909009", "NET of ileum", attributes={"site": "small-intestine"}),
            line("snomed", "128928004", "NET", verified=False),
        ),
        phrases(r"\bNET\b"),
    ),
    Concept(ConceptId("diagnoses/other-cancer"), "Cancer", (line("icd-10-cm", "C00-C97"), line("icd-10", "C50.9"))),
    Concept(ConceptId("diagnoses/metastasis"), "Metastasis", (line("icd-10-cm", "C7A.012"),)),
    Concept(ConceptId("patient/pregnancy"), "Pregnancy", (line("icd-10-cm", "Z33"),), phrases("pregnan")),
    *(Concept(ConceptId(f"procedures/{name}"), name) for name in _IMAGING),
    Concept(ConceptId("treatments/platinum"), "Platinum", (line("atc", "L01XA", children=True),)),
)

BOOK = CodeBook(CONCEPTS, SYSTEMS)


def coding(system: str, code: str, display: str = "") -> Coding:
    return Coding(system, code, display)


def coded(system: str, code: str, display: str = "", text: str = "") -> Codeable:
    return Codeable((coding(system, code, display),), text)


def ids(codeable: Codeable, *folders: Folder) -> list[str]:
    return [meaning.concept.id for meaning in BOOK.meanings(codeable, *folders)]
