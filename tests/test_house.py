"""The walls of the house: imports go one way, and each outside package has its one door."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "cds_service"
GROUND = ("errors", "config", "json_bytes", "outbound")
ROOMS = ("guideline", "fhir", "picture", "hooks", "answer", "cases", "authoring", "console", "web", "__main__")
DOORS = {
    "flask": ("web/",),
    "flask_cors": ("web/",),
    "werkzeug": ("web/",),
    "gunicorn": ("web/gunicorn_settings.py",),
    "requests": ("outbound.py",),
    "urllib3": ("outbound.py",),
    "fhir": ("fhir/models.py",),
    "msgspec": ("json_bytes.py",),
    "pydantic_settings": ("config.py",),
    "click": ("__main__.py",),
}
BANNED_IN_NAMES = ("utils", "manager", "handler", "helper", "engine")
MODULES = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports name their room"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names if node.module == "cds_service")


def room(dotted: str) -> str | None:
    steps = dotted.split(".")
    return steps[1] if steps[0] == "cds_service" and len(steps) > 1 else None


def place(name: str) -> int:
    """How far to the right a room stands; those on the ground stand left of all."""
    return -1 if name in GROUND else ROOMS.index(name)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_room_imports_only_what_stands_left_of_it(path: Path) -> None:
    own = name_of(path).split("/")[0].removesuffix(".py")
    if own == "__init__":
        return
    for imported in filter(None, map(room, imports(path))):
        if imported != "__version__":
            assert place(imported) <= place(own), f"{name_of(path)} imports {imported}"


def test_nothing_on_the_serving_path_imports_authoring() -> None:
    """Whoever answers a call neither reads nor proofs the files: they were read before the first call."""
    code = "import sys, cds_service.answer; print([name for name in sys.modules if 'authoring' in name])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_each_outside_package_has_its_door(path: Path) -> None:
    for imported in imports(path):
        doors = DOORS.get(imported.split(".")[0])
        assert doors is None or name_of(path).startswith(doors), f"{name_of(path)} imports {imported}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_what_it_is_for_and_has_an_honest_name(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert not any(word in name_of(path) for word in BANNED_IN_NAMES)


def test_fhir_models_are_those_of_r4() -> None:
    """The default of the package is R5, which refuses every R4 MedicationRequest."""
    named = re.findall(r"fhir\.resources(\.\w+)?", (PACKAGE / "fhir" / "models.py").read_text(encoding="utf-8"))
    assert ".R4B" in named
    assert not set(named) - {".R4B", ""}


def test_fhir_resources_are_named_nowhere_else_as_a_module() -> None:
    for path in MODULES:
        if name_of(path) != "fhir/models.py":
            assert "fhir.resources.R4B" not in path.read_text(encoding="utf-8"), name_of(path)
