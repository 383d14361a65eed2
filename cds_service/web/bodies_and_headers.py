"""What happens on the wire around each call: the bounded body, the addresses as typed, the headers of every answer.

Knows nothing of hooks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request
from flask_cors import CORS
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from cds_service.config import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_PIECE = 64 * 1024


class PlainPaths:
    """Serves doubled and trailing slashes directly: a browser refuses a redirect on a preflight."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = re.sub("/{2,}", "/", environ.get("PATH_INFO", "/"))
        environ["PATH_INFO"] = path.rstrip("/") or "/"
        return self._app(environ, start_response)


def protect(app: Flask, settings: Settings) -> None:
    """Reads every body within its bound before anything is answered, and sets the headers all answers carry."""
    CORS(
        app,
        origins=list(settings.allowed_origins),
        methods=["GET", "HEAD", "POST", "OPTIONS"],
        allow_headers=["authorization", "content-type"],
        max_age=600,
        always_send=False,
        vary_header=False,
    )

    @app.before_request
    def read_body() -> None:
        g.body = _body(settings.max_body_bytes)

    app.after_request(_headers)
    app.wsgi_app = PlainPaths(app.wsgi_app)  # type: ignore[method-assign]


def _body(limit: int) -> bytes:
    """The body; a client that is answered before it has sent all of it sees a broken connection, not the answer."""
    try:
        body = request.stream.read(limit + 1)
        if len(body) > limit:
            _drain(limit)
            raise RequestEntityTooLarge
    except OSError:
        raise BadRequest from None
    return body


def _drain(limit: int) -> None:
    left = limit
    while left > 0 and (piece := request.stream.read(_PIECE)):
        left -= len(piece)


def _headers(response: Response) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    # Hook answers carry a patient's data; discovery must be fresh after an update. Nothing here gains from a cache.
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Origin")
    return response
