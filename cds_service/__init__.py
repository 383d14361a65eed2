"""NEN CDS: a CDS Hooks service with guideline recommendations for neuroendocrine neoplasia.

The public interface is `create_app`, the HTTP endpoints, the command line and the files of `knowledge/`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["__version__", "create_app"]

__version__ = "0.1.0"


def create_app(*args: Any, **kwargs: Any) -> Flask:
    """The WSGI application; see `cds_service.web.app.create_app`. Imported late: `list` and `check` need no Flask."""
    from cds_service.web.app import create_app as create

    return create(*args, **kwargs)
