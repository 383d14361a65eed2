"""Reads the site's TOML file and checks it: every fault is named with file and key, and the start is refused.

Never repairs and never leaves out a faulty line; what the file does to the knowledge is `site`.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from cds_service.authoring.faults import described
from cds_service.authoring.parsing import attributes
from cds_service.errors import ConfigError, Problem, nearest
from cds_service.guideline.concepts import CodeLine, Concept, ConceptId, SiteLimit
from cds_service.guideline.knowledge import Knowledge
from cds_service.guideline.limits import Limits
from cds_service.guideline.recommendations import Indicator
from cds_service.guideline.site import NO_SITE, Site
from cds_service.hooks.templates import SERVER_SEARCHES, all_templates

_SCHEMA = Path(__file__).with_name("site.schema.json")
ENGLISH = "en"
# One result is one of these: a code must not mean two of them.
_RESULTS = ("markers", "pathology", "status")
_ICD = ("icd-10", "icd-10-cm")


def site_at(path: Path | None, knowledge: Knowledge) -> Site:
    """The site of a file, its prefetch keys held against those of the templates; without a file none.

    Raises:
        ConfigError: naming every fault.
    """
    return read_site(path, knowledge, {**all_templates(knowledge), **SERVER_SEARCHES}) if path else NO_SITE


def read_site(path: Path, knowledge: Knowledge, keys: Collection[str]) -> Site:
    """The site of this file. `keys` are the prefetch keys this service declares.

    Raises:
        ConfigError: naming every fault.
    """
    file = _File(str(path), knowledge)
    document = file.read(path)
    codes = file.codes(document.get("codes", {}))
    site = Site(
        name=document.get("name", ""),
        codes=codes,
        systems=frozenset(line.system for lines in codes.values() for line in lines) - knowledge.systems.keys(),
        prefetch_keys=file.prefetch_keys(document.get("prefetch", {}), keys),
        limits={marker: file.limits(marker, given) for marker, given in document.get("limits", {}).items()},
        windows=dict(file.windows(document.get("windows", {}))),
        languages=file.languages(document["languages"]) if "languages" in document else None,
        switched_off=file.switched_off(document.get("switched_off", {})),
        approvals=file.approvals(document.get("approvals", {})),
    )
    if file.problems:
        raise ConfigError(tuple(file.problems))
    return site


@dataclass(frozen=True, slots=True)
class _File:
    """One file being read, and what was found wrong with it."""

    name: str
    knowledge: Knowledge
    problems: list[Problem] = field(default_factory=list)

    def fault(self, key: str, problem: str) -> None:
        self.problems.append(Problem(self.name, key, problem))

    def read(self, path: Path) -> dict[str, Any]:
        """The parts of the file whose shape is sound; the others are named."""
        try:
            document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except OSError as fault:
            self.fault("", f"cannot be read: {fault.strerror}")
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
            self.fault("", f"is not TOML: {fault}")
        except RecursionError:
            self.fault("", "is nested too deeply")
        else:
            return _without(document, {self._misshapen(fault) for fault in _faults_of_shape(document)})
        return {}

    def _misshapen(self, fault: ValidationError) -> tuple[str, ...]:
        """Names one fault of shape; the table and entry it is in."""
        for key, words in described(fault):
            self.fault(key, words)
        return tuple(str(step) for step in fault.absolute_path)[:2]

    def codes(self, given: Mapping[str, list[dict[str, Any]]]) -> dict[str, tuple[CodeLine, ...]]:
        aliases = {uri: alias for alias, uris in self.knowledge.systems.items() for uri in uris}
        taken = {
            _unique(concept, line): concept.id for concept in self.knowledge.concepts.values() for line in concept.codes
        }
        found = {}
        for id_, lines in given.items():
            if id_ not in self.knowledge.concepts:
                self.fault(f"codes.{id_}", f"is not a concept of the knowledge{nearest(id_, self.knowledge.concepts)}")
                continue
            found[id_] = tuple(_code_line(line, aliases.get(line["system"], line["system"])) for line in lines)
            for line in found[id_]:
                self._check_code(self.knowledge.concepts[id_], line, taken)
        return found

    def _check_code(self, concept: Concept, line: CodeLine, taken: dict[tuple[str, str, str], ConceptId]) -> None:
        key = f"codes.{concept.id}"
        if owner := taken.get(_unique(concept, line)):
            self.fault(key, f"{line.code!r} is already a code of {owner}")
        taken[_unique(concept, line)] = concept.id
        if any(phrase.pattern.search(line.display) for phrase in concept.not_phrases):
            self.fault(
                key, f"{line.display!r}, the display of {line.code!r}, means something else than {concept.title!r}"
            )
        elif other := self._other_marker(concept, line.display):
            self.fault(key, f"{line.display!r}, the display of {line.code!r}, names {other}")

    def _other_marker(self, concept: Concept, display: str) -> str:
        """The marker that the display of a marker's code names in place of this one."""
        named = [
            marker.id
            for marker in self.knowledge.in_folder("markers")
            if any(phrase.pattern.search(display) for phrase in marker.phrases)
            and not any(phrase.pattern.search(display) for phrase in marker.not_phrases)
        ]
        own = any(f"{concept.id}-".startswith(f"{name}-") for name in named)
        return "" if own or concept.folder != "markers" else ", ".join(named)

    def prefetch_keys(self, given: Mapping[str, str | list[str]], keys: Collection[str]) -> dict[str, frozenset[str]]:
        found = {}
        for client, ours in given.items():
            if client in keys:
                self.fault(f"prefetch.{client}", "is a key of this service: it needs no other name")
            listed = [ours] if isinstance(ours, str) else ours
            for key in listed:
                if key not in keys:
                    self.fault(f"prefetch.{client}", f"{key!r} is no prefetch key of this service{nearest(key, keys)}")
            found[client] = frozenset(listed)
        return found

    def limits(self, marker: str, given: dict[str, Any] | list[dict[str, Any]]) -> tuple[SiteLimit, ...]:
        key = f"limits.{marker}"
        known = self.knowledge.markers.get(marker)
        if known is None:
            self.fault(key, f"is not a marker of the knowledge{nearest(marker, self.knowledge.markers)}")
            return ()
        if not known.upper_limit:
            self.fault(key, f"no limit is assumed for {known.name}: each result is held against its own range")
            return ()
        low, high = (float(end) for end in known.plausible_limit)
        found: dict[str, SiteLimit] = {}
        for entry in given if isinstance(given, list) else [given]:
            method = entry.get("method", "").strip()
            if entry["unit"] != known.unit:
                self.fault(
                    key, f"{entry['unit']!r} is not the unit of {known.name} here: give the limit in {known.unit}"
                )
            elif not low <= entry["upper"] <= high:
                self.fault(
                    key, f"{entry['upper']} {known.unit} cannot be a limit of {known.name} ({low:g} to {high:g})"
                )
            if method.casefold() in found:
                self.fault(key, f"has two limits {f'for the method {method!r}' if method else 'without a method'}")
            found[method.casefold()] = SiteLimit(Decimal(str(entry["upper"])), method)
        return tuple(found.values())

    def windows(self, given: Mapping[str, int]) -> Iterator[tuple[str, int]]:
        windows = self.knowledge.windows
        for name, figure in given.items():
            key = f"windows.{name}"
            if name in windows:
                least, most = windows[name].least, windows[name].most
                if not least <= figure <= most:
                    self.fault(key, f"{figure} is out of range: {least} to {most}")
                yield name, int(figure)
            elif name in {figure.name for figure in fields(Limits)}:
                self.fault(key, "cannot be set by a site: it comes from medicine or stands in the words of a card")
            else:
                self.fault(key, f"is no window of this service{nearest(name, windows)}")

    def languages(self, given: list[str]) -> frozenset[str]:
        marked = {phrase.lang for concept in self.knowledge.concepts.values() for phrase in concept.phrases}
        known = sorted({ENGLISH, *marked} - {""})
        for language in given:
            if language not in known:
                self.fault("languages", f"{language!r} is not read by this service; it reads {', '.join(known)}")
        if ENGLISH not in given:
            self.fault("languages", "must hold 'en': texts in English are always read")
        return frozenset(given)

    def switched_off(self, given: Mapping[str, str]) -> Mapping[str, str]:
        rows = self.knowledge.by_id
        for id_ in given:
            if id_ not in rows:
                self.fault(f"switched_off.{id_}", f"is not a recommendation{nearest(id_, rows)}")
            elif rows[id_].indicator is Indicator.CRITICAL:
                self.fault(f"switched_off.{id_}", "cannot be switched off: it is critical for safety")
            elif rows[id_].footer:
                self.fault(f"switched_off.{id_}", "cannot be switched off: it is a caution that stands under cards")
        return given

    def approvals(self, given: Mapping[str, str]) -> Mapping[str, str]:
        for key in given:
            if key not in self.knowledge.approvals:
                self.fault(f"approvals.{key}", f"is not in approvals.toml{nearest(key, self.knowledge.approvals)}")
        return given


def _faults_of_shape(document: dict[str, Any]) -> Iterable[ValidationError]:
    schema = Draft202012Validator(json.loads(_SCHEMA.read_text(encoding="utf-8")))
    return sorted(schema.iter_errors(document), key=lambda fault: [str(step) for step in fault.absolute_path])


def _without(document: Mapping[str, Any], faulty: set[tuple[str, ...]]) -> dict[str, Any]:
    """The document without what has a fault: entries of tables, and whole parts that are none."""
    kept: dict[str, Any] = {}
    for key, part in document.items():
        if isinstance(part, dict) and (key,) not in faulty:
            kept[key] = {name: entry for name, entry in part.items() if (key, name) not in faulty}
        elif all(steps[:1] != (key,) for steps in faulty):
            kept[key] = part
    return kept


def _code_line(line: Mapping[str, Any], system: str) -> CodeLine:
    return CodeLine(system, line["code"], line["display"], attributes=attributes(line))


def _unique(concept: Concept, line: CodeLine) -> tuple[str, str, str]:
    """What no second concept may have: a code in one folder, a result's code in all folders of results."""
    among = "results" if concept.folder in _RESULTS else concept.folder
    if line.system in _ICD:  # one tree, written with and without its dot
        return among, _ICD[0], line.code.replace(".", "").upper()
    return among, line.system, line.code
