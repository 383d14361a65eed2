"""The words of an Attachment: plain text and HTML that came with it, in the character set it names.

Reads no PDF, RTF or image and fetches nothing; what brings no words is named by whoever asks.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Mapping
from typing import Any

_LONGEST = 100_000
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_CHARSETS = {  # what calls itself Latin-1 is in practice Windows-1252, which holds it
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "utf-16": "utf-16",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "windows-1252": "cp1252",
    "iso-8859-15": "iso-8859-15",
}
_HIDDEN = (  # split at its ends rather than matched whole: a page that never closes them must not take long
    (re.compile("<!--"), re.compile("-->")),
    (re.compile(r"<(?:script|style|head)\b", re.IGNORECASE), re.compile(r"</(?:script|style|head)\s*>", re.IGNORECASE)),
)
_BREAK = re.compile(r"</?(?:p|br|div|tr|li|h\d)\b[^<>]*>", re.IGNORECASE)
_MARKUP = re.compile(r"</?[a-z!][^<>]*>", re.IGNORECASE)  # "Ki-67 <2 %" is no markup


def words_of(form: Mapping[str, Any]) -> str | None:
    """What it says, at most the first 100,000 characters; None if it brings no words that can be read."""
    kind, data = form.get("contentType"), form.get("data")
    if not isinstance(kind, str) or not isinstance(data, str):
        return None
    kind = kind.strip().lower()
    if not kind.startswith(("text/plain", "text/html")):
        return None
    try:
        raw = base64.b64decode("".join(data.split())[: _LONGEST * 4])
    except (binascii.Error, ValueError):
        return None
    words = _decoded(raw, kind)[:_LONGEST]
    return _plain(words) if kind.startswith("text/html") else words


def _decoded(raw: bytes, kind: str) -> str:
    named = _CHARSET.search(kind)
    charset = _CHARSETS.get(named[1]) if named else None
    if charset:
        return raw.decode(charset, "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _plain(page: str) -> str:
    """The words of a page: its lines stay lines, and "&lt;2 %" is "<2 %"."""
    for begin, end in _HIDDEN:
        *parts, rest = end.split(page)
        page = " ".join([*(begin.split(part, maxsplit=1)[0] for part in parts), rest])
    return html.unescape(_MARKUP.sub(" ", _BREAK.sub("\n", page)))
