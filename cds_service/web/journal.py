"""One JSON line for each call, and one for data it lacked, of fields that cannot hold a patient's data.

Keeps nothing: where the lines go is the operator's choice.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from cds_service.hooks.basis import BASIS

_LOG = logging.getLogger("cds_service.calls")


def note_call(service: str, status: int, milliseconds: float, body: dict[str, Any] | None) -> None:
    """Notes a call to one of our services; `body` is the answer, None where the call was refused."""
    shown = (body or {}).get("cards", [])
    line = {
        "event": "call",
        "service": service,
        "status": status,
        "ms": round(milliseconds, 1),
        "cards": len(shown),
        "recommendations": sorted({name for card in shown for name in _recommendations(card)}),
    }
    _LOG.info(json.dumps(line))


def note_missing(service: str, missing: Mapping[str, str]) -> None:
    """Notes which needed searches did not come, and why: our names of them, in our words."""
    if missing:
        _LOG.info(json.dumps({"event": "missing", "service": service, "searches": dict(missing)}))


def _recommendations(card: dict[str, Any]) -> list[str]:
    basis = card.get("extension", {}).get(BASIS, {})
    return [row["id"] for row in basis.get("recommendations", [])]


def start(level: str) -> None:
    """Sends our lines to standard error, as they are; those of other packages could hold request data."""
    lines = logging.StreamHandler()
    lines.setFormatter(logging.Formatter("%(message)s"))
    ours = logging.getLogger("cds_service")
    ours.handlers[:] = [lines]
    ours.setLevel(level)
    ours.propagate = False
