"""Knowledge of another time or place: a folder, a checkout, or a revision of this repository.

Only finds the files; reading them is `authoring.reading`.
"""

from __future__ import annotations

import io
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from cds_service.errors import ConfigError, Problem

_INSIDE = "cds_service/knowledge"
_GIT_SECONDS = 60


@contextmanager
def knowledge_folder(name: str, checkout: Path) -> Iterator[Path]:
    """The knowledge folder that a name means.

    Args:
        name: a folder with recommendations/, a checkout that holds one, or a revision that git knows.
        checkout: the repository whose revisions are meant.

    Raises:
        ConfigError: it is none of these.
    """
    for folder in (Path(name), Path(name) / _INSIDE):
        if (folder / "recommendations").is_dir():
            yield folder
            return
    with TemporaryDirectory() as place:
        _extract(name, checkout, Path(place))
        yield Path(place) / _INSIDE


def _extract(revision: str, checkout: Path, place: Path) -> None:
    try:
        archive = subprocess.run(  # noqa: S603 - a fixed command; the revision cannot be an option
            ["git", "-C", str(checkout), "archive", "--end-of-options", revision, _INSIDE],  # noqa: S607
            capture_output=True,
            check=True,
            timeout=_GIT_SECONDS,
        )
    except (OSError, subprocess.SubprocessError):
        problem = "is neither a folder with knowledge nor a revision that git finds with it"
        raise ConfigError((Problem(revision, "", problem),)) from None
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        files.extractall(place, filter="data")
