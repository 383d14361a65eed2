"""Names of the knowledge in Python: each one exists, because one that is misspelt would read as "no" for ever."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cds_service.answer import Guideline
from cds_service.authoring.reading import read_knowledge
from cds_service.errors import KnowledgeError
from cds_service.guideline import concepts
from cds_service.guideline.concepts import CONCEPT_FOLDERS, concept_id
from cds_service.guideline.vocabulary import VOCABULARY

PACKAGE = Path(__file__).parent.parent / "cds_service"
ASKING = sorted(path for room in ("picture", "fhir", "hooks") for path in (PACKAGE / room).rglob("*.py"))
KNOWLEDGE = read_knowledge()
SAID = [part.attributes for one in KNOWLEDGE.concepts.values() for part in one.codes]
SAID += [part.attributes for one in KNOWLEDGE.concepts.values() for part in one.phrases]
ATTRIBUTES = {name for attributes in SAID for name in attributes}
WORDS = {one.name for one in KNOWLEDGE.concepts.values()} | {word for said in SAID for word in said.values()}
OURS = {"nen", *VOCABULARY, *(str(value) for entry in VOCABULARY.values() for value in entry.values)}
ID = re.compile(rf"(?:{'|'.join(CONCEPT_FOLDERS)})/[a-z0-9-]*")
# Words of ours that are only by chance like one of the knowledge.
_NO_MISSPELLING = {"Karnofsky", "codes", "names", "name", "morpholog"}


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def texts(module: ast.AST) -> Iterator[tuple[str, ast.Constant]]:
    """The texts of a module without its docstrings, the constant parts of f-strings among them."""
    docs = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value, node


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


@pytest.mark.parametrize("path", ASKING, ids=name_of)
def test_a_concept_is_named_beside_the_imports_only_and_exists(path: Path) -> None:
    module = tree(path)
    declared = {
        id(text)
        for statement in module.body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        for call in ast.walk(statement)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id.startswith("concept_id")
        for text in ast.walk(call)
    }
    for text, node in texts(module):
        if ID.fullmatch(text):
            assert id(node) in declared, f"{text!r} in line {node.lineno}: give it a name with concept_id"
            assert text in KNOWLEDGE.concepts or text.endswith("/"), f"{text!r} is no concept"


def test_every_concept_that_is_declared_exists() -> None:
    Guideline.of(KNOWLEDGE)


def test_the_service_does_not_start_with_a_misspelt_concept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(concepts, "_NAMED", {"patient/comfort-only"})
    concept_id("patient/comfort-onyl")
    with pytest.raises(KnowledgeError) as refused:
        Guideline.of(KNOWLEDGE)
    assert str(refused.value) == (
        "patient/comfort-onyl.toml: is asked for by the service and is not there; did you mean 'patient/comfort-only'?"
    )


# --- attributes, their values, and the names of concepts within a folder ---------------------------------------------


def asked_attributes(module: ast.Module) -> Iterator[str]:
    """`x.attributes["site"]`, `x.attributes.get("site")` and `"site" in x.attributes`."""
    for node in ast.walk(module):
        match node:
            case ast.Subscript(value=ast.Attribute(attr="attributes"), slice=ast.Constant(value=str(name))):
                yield name
            case ast.Call(
                func=ast.Attribute(attr="get", value=ast.Attribute(attr="attributes")),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield name
            case ast.Compare(left=ast.Constant(value=str(name)), comparators=[ast.Attribute(attr="attributes")]):
                yield name


def asked_words(module: ast.Module) -> Iterator[str]:
    """What a name, a kind or an attribute is compared with, constants of the module looked up."""
    constants = {
        target.id: statement.value
        for statement in module.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Compare) and any(map(_is_of_knowledge, (node.left, *node.comparators))):
            for side in (node.left, *node.comparators):
                held = constants.get(side.id, side) if isinstance(side, ast.Name) else side
                if isinstance(held, ast.Constant | ast.Tuple | ast.Set | ast.List | ast.Dict):
                    yield from (text for text, _ in texts(held) if text)


def _is_of_knowledge(side: ast.expr) -> bool:
    match side:
        case ast.Attribute(attr="name" | "kind" | "family" | "site"):
            return True
        case ast.Subscript(value=ast.Attribute(attr="attributes")):
            return True
        case ast.Call(func=ast.Attribute(attr="get", value=ast.Attribute(attr="attributes"))):
            return True
    return False


@pytest.mark.parametrize("path", ASKING, ids=name_of)
def test_an_attribute_that_is_asked_for_exists(path: Path) -> None:
    for name in asked_attributes(tree(path)):
        assert name in ATTRIBUTES


@pytest.mark.parametrize("path", ASKING, ids=name_of)
def test_a_name_or_value_that_is_asked_for_exists(path: Path) -> None:
    for word in asked_words(tree(path)):
        assert word in WORDS | OURS, f"{word!r} is no concept and no value of an attribute"


@pytest.mark.parametrize("path", ASKING, ids=name_of)
def test_no_word_is_one_letter_away_from_one_of_the_knowledge(path: Path) -> None:
    """However it is used: kinds of tumors and classes of drugs go through many hands as words."""
    for text, node in texts(tree(path)):
        if re.fullmatch(r"[A-Za-z0-9-]{3,}", text) and text not in WORDS | OURS | _NO_MISSPELLING:
            meant = [word for word in WORDS if len(word) > 3 and is_misspelt(text, word)]
            assert not meant, f"{text!r} in line {node.lineno}: is {meant[0]!r} meant?"


def is_misspelt(word: str, meant: str) -> bool:
    """One letter more, less or another, or two neighbors the wrong way round."""
    if len(word) == len(meant):
        wrong = [place for place, pair in enumerate(zip(word, meant, strict=True)) if pair[0] != pair[1]]
        first, last = (wrong or [0])[0], (wrong or [0])[-1]
        swapped = last == first + 1 and (word[first], word[last]) == (meant[last], meant[first])
        return len(wrong) == 1 or (len(wrong) == 2 and swapped)
    short, long = sorted((word, meant), key=len)
    return any(long[:place] + long[place + 1 :] == short for place in range(len(long)))


@pytest.mark.parametrize("word", ["smal-cell", "small-celll", "small-cekl", "small-ecll"])
def test_a_misspelt_word_is_seen(word: str) -> None:
    assert is_misspelt(word, "small-cell")
