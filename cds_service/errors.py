"""What can go wrong, as data: each error says what, where and what to do, and never holds a patient's values.

Turning an error into a status and an OperationOutcome is the work of `web`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


class CdsError(Exception):
    """Everything this service raises on purpose."""


class BadJson(CdsError):
    """A body or part of it that is not JSON as we accept it.

    Attributes:
        path: JSON path of the part.
        problem: what is wrong with it.
    """

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path} {problem}")
        self.path = path
        self.problem = problem


class BadHookRequest(CdsError):
    """A call that breaks the standard: answered with 400.

    Attributes:
        path: JSON path like "$.context.patientId".
        problem: what is wrong, in words that fit behind the path ("is missing").
    """

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path} {problem}")
        self.path = path
        self.problem = problem


class Unreachable(CdsError):
    """Another system did not give what it was asked for.

    Attributes:
        reason: what happened, in words that fit behind "the server" and repeat nothing of it.
        status: of its answer, 0 where none came.
    """

    def __init__(self, reason: str, status: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


class DataMissing(CdsError):
    """Needed data came neither with the call nor from a server: answered with 412 (CDS Hooks 2.0, Prefetch Template).

    Attributes:
        states: prefetch key -> what came for it ("not available", "failed").
    """

    def __init__(self, states: tuple[tuple[str, str], ...]) -> None:
        super().__init__("; ".join(f"$.prefetch.{key}: {state}" for key, state in states))
        self.states = states


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of the knowledge: in which file, at which key, what.

    `home` is the file that would hold what was not found: a fault of its own there explains this one.
    """

    file: str
    key: str
    problem: str
    home: str = ""

    def __str__(self) -> str:
        return f"{self.file}{f' [{self.key}]' if self.key else ''}: {self.problem}"


def nearest(word: str, words: Iterable[str]) -> str:
    """What was probably meant, in words that follow a fault; "" if nothing is near."""
    near = difflib.get_close_matches(word, list(words), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


class KnowledgeError(CdsError):
    """The knowledge folder must not be used: start is refused and every fault is named."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class CasesError(CdsError):
    """Pages of cases that cannot be understood: every fault is named by its page, its case and its line."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class ConfigError(CdsError):
    """The settings must not be used: start is refused and every fault is named by its variable."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
