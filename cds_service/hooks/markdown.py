"""Markdown that survives clients without tables or HTML, with every text of the record made harmless.

The public sandbox renders raw HTML and links from `detail`, so nothing of the record may become either.
"""

from __future__ import annotations

import re

_LONGEST = 200
_SPECIAL = re.compile(r"([\\`*_\[\]|~#])")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_READ = 5 * _LONGEST  # enough to be cut again after links are gone; no text is long enough to be slow
_LINK = re.compile(
    r"(?<![A-Za-z])(?:[A-Za-z][A-Za-z0-9+.-]*://|www\.|data:(?=\S))|(?:java|vb)script\s*:", re.IGNORECASE
)


def plain(text: str) -> str:
    """One line of the record's text without anything a client could take for markup or a link."""
    line = _without_links(" ".join(text[:_READ].split())).replace("@", " at ")
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "\u2026"


def _without_links(line: str) -> str:
    """Again until nothing is left to take out: what stands around one link may join to the next."""
    while (shorter := _LINK.sub("", line)) != line:
        line = shorter
    return line


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
