"""The documents that are made from the knowledge: the pages of the review, the list of who speaks, parts of README.

Says which of them differ and writes them; their words come from `review`, `listing` and `check`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

from cds_service.authoring.proof import LIST, Proof, written_list
from cds_service.authoring.review import pages
from cds_service.cases.corpus import Corpus
from cds_service.console.cases_asked import COMMAND as COMMAND
from cds_service.console.listing import markdown_table, service_table, statement_table
from cds_service.errors import ConfigError, Problem
from cds_service.guideline.knowledge import Knowledge
from cds_service.hooks.services import services
from cds_service.hooks.templates import templates_for

README = "README.md"
REVIEW = "docs/clinical-review"


def documents(
    knowledge: Knowledge, checkout: Path, corpus: Corpus, proof: Proof, proofs: Iterable[str]
) -> dict[str, str]:
    """Path, relative to the checkout, and text of each document as it should be.

    Args:
        knowledge: what they are made from.
        checkout: holds README.
        corpus: the cases that the pages of the review show.
        proof: what they prove.
        proofs: the lines that `check --all` prints.
    """
    readme = (checkout / README).read_text(encoding="utf-8")
    made = {README: with_tables(readme, knowledge, proofs), f"fhir_fixtures/{LIST}": written_list(proof.lines)}
    return made | {f"{REVIEW}/{name}": text for name, text in pages(knowledge, corpus)}


def with_tables(readme: str, knowledge: Knowledge, proofs: Iterable[str]) -> str:
    """README with what stands between its marks as it is now."""
    rows = knowledge.recommendations
    tables = {
        "check": _renewed(_between(readme, "check"), proofs),
        "services": service_table(services(partial(templates_for, knowledge))),
        "recommendations": markdown_table(rows),
        "statements": statement_table(knowledge.statements, rows),
    }
    for name, text in tables.items():
        readme = readme.replace(_marked(name, _between(readme, name)), _marked(name, text))
    return readme


def differing(checkout: Path, made: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What has to be done ("changed", "created", "removed") to which document for all to be as they should be."""
    for name, text in made.items():
        path = checkout / name
        if not path.is_file():
            yield "created", name
        elif path.read_text(encoding="utf-8") != text:
            yield "changed", name
    there = sorted(path.relative_to(checkout).as_posix() for path in (checkout / REVIEW).rglob("*.md"))
    yield from (("removed", name) for name in there if name not in made)


def written(checkout: Path, made: Mapping[str, str]) -> list[tuple[str, str]]:
    """Does what has to be done and says what that was."""
    done = list(differing(checkout, made))
    for what, name in done:
        path = checkout / name
        if what == "removed":
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(made[name], encoding="utf-8")
    return done


def _marked(name: str, text: str) -> str:
    return f"<!-- {name} -->\n{text}\n<!-- /{name} -->"


def _between(readme: str, name: str) -> str:
    found = re.search(_marked(name, "(.*?)"), readme, re.DOTALL)
    if found is None:
        raise ConfigError((Problem(README, "", f"misses <!-- {name} --> and <!-- /{name} -->: put them back"),))
    return found[1]


def _renewed(block: str, proofs: Iterable[str]) -> str:
    """The lines of README that `check` prints too, as it prints them now; one that it prints no more goes."""
    printed = {"```": "```"} | {_label(line): line for line in proofs}
    return "\n".join(printed[_label(line)] for line in block.splitlines() if _label(line) in printed)


def _label(line: str) -> str:
    return line.partition("  ")[0]
