"""The server behind `serve`: one process, threads, no banner and no log of request lines.

Not for production: the image runs gunicorn.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server


class QuietRequests(WSGIRequestHandler):
    """Sends no Server header and logs no request line, which could hold what a client typed."""

    protocol_version = "HTTP/1.1"

    def send_header(self, keyword: str, value: str) -> None:
        if keyword.lower() != "server":
            super().send_header(keyword, value)

    def log(self, *said: Any) -> None:
        """The calls are noted by `journal`."""


def server(app: Flask, host: str, port: int) -> BaseWSGIServer:
    """A server that listens already; `serve_forever` makes it answer."""
    return make_server(host, port, app, threaded=True, request_handler=QuietRequests)
