"""Markdown that survives clients without tables or HTML, with every text of the record made harmless.

The public sandbox renders raw HTML and links from `detail`, so nothing of the record may become either.
"""

from __future__ import annotations

import re

_LONGEST = 200
_SPECIAL = re.compile(r"([\\`*_\[\]|~#])")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_LINK = re.compile(r"\b[A-Za-z][A-Za-z0-9+.-]*:(?://|(?=\S*\())|\bwww\.", re.IGNORECASE)
_SCHEME = re.compile(r"\b(?:javascript|data|vbscript)\s*:", re.IGNORECASE)


def plain(text: str) -> str:
    """One line of the record's text without anything a client could take for markup or a link."""
    line = " ".join(text.split())
    line = _SCHEME.sub("", _LINK.sub("", line)).replace("@", " at ")
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "\u2026"


def label(text: str, longest: int) -> str:
    """A text of the record for a summary or label: plain, without angle brackets, cut to a length."""
    line = plain(text).replace("<", "").replace(">", "")
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "\u2026"


def untagged(text: str) -> str:
    """A text of the record outside Markdown, where it is data but may still be shown: no tag survives in it."""
    return _TAG.sub("", plain(text))


def escaped(text: str) -> str:
    """A text of the record inside Markdown."""
    return _TAG.sub("&lt;", _SPECIAL.sub(r"\\\1", plain(text)))


def section(title: str, lines: list[str]) -> str:
    """A bold title with a list under it; nothing if the list is empty."""
    return "\n".join([f"**{title}**", "", *(f"- {line}" for line in lines)]) if lines else ""


def paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)
