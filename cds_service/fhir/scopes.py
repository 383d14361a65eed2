"""SMART scopes under which a server leaves out part of a search without a word (SMART App Launch 2, finer-grained).

Not asked whether a search is allowed at all: that the server says itself.
"""

from __future__ import annotations

import re

_GRANT = re.compile(r"(?:patient|user|system)/([A-Za-z]+|\*)\.([a-z]+|\*)(\?.*)?")
_ALL = ("read", "*")


def shows_part(scope: str, kind: str) -> bool:
    """Whether the scopes let resources of a type be found only under a filter ("patient/Observation.rs?category=x")."""
    grants = [match.groups() for word in scope.split() if (match := _GRANT.fullmatch(word))]
    filters = [under for type_, may, under in grants if type_ in (kind, "*") and (may in _ALL or "s" in may)]
    return bool(filters) and all(filters)
