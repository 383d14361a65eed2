"""NEN CDS: a CDS Hooks service with guideline recommendations for neuroendocrine neoplasia.

The public interface is `create_app`, the HTTP endpoints, the command line and the files of `knowledge/`.
"""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """`create_app` is imported when it is asked for: reading the knowledge needs no Flask."""
    if name == "create_app":
        from cds_service.web.app import create_app

        return create_app
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
