"""Which recommendations can stand in one answer, by their conditions alone, and what they then say against each other.

Errs on one side: a pair may be called possible that no patient has, never the other way round. Whether somebody looked
at those that oppose each other is `reviewed_pairs`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import Any

from cds_service.authoring import parsing
from cds_service.errors import Problem
from cds_service.guideline.about_rows import Impossible, Opposed, Subject
from cds_service.guideline.knowledge import Knowledge
from cds_service.guideline.recommendations import Recommendation
from cds_service.guideline.vocabulary import VOCABULARY, Scope

# A feature, and of which tumor: 0 or 1 where two are looked at, always 0 for what belongs to patient or call.
Key = tuple[str, int]
Values = frozenset[str]

FILE = "impossible.toml"
_EVERY = {name: frozenset(map(str, kind.values)) for name, kind in VOCABULARY.items()}


def impossible(document: Mapping[str, Mapping[str, Any]], problems: list[Problem]) -> tuple[Impossible, ...]:
    """The file of that name, every fact held against the vocabulary."""
    listed = {key: parsing.listed(entry["facts"], FILE, problems, f"{key}.facts") for key, entry in document.items()}
    return tuple(
        Impossible(key, {name: values for name, values in facts.items() if name in VOCABULARY}, document[key]["why"])
        for key, facts in listed.items()
    )


@dataclass(frozen=True, slots=True)
class Pair:
    """Two rows that can stand in one answer: about one tumor or none, and about two tumors of one chart."""

    one: Recommendation
    other: Recommendation
    together: bool
    on_two_tumors: bool


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a picture must hold: the values left to each feature of one value, and of the sets every list asked."""

    single: Mapping[Key, Values]
    sets: Mapping[Key, tuple[Values, ...]]

    def __contains__(self, key: Key) -> bool:
        return key in self.single or key in self.sets

    def surely(self, key: Key, values: Values) -> bool:
        """Whether the feature has one of these values in every picture that is meant."""
        if VOCABULARY[key[0]].lone:
            return any(asked <= values for asked in self.sets.get(key, ()))
        return self.left(key) <= values

    def left(self, key: Key) -> Values:
        return self.single.get(key, _EVERY[key[0]])

    def without(self, key: Key, values: Values) -> _Asked:
        return _Asked({**self.single, key: self.left(key) - values}, self.sets)


@dataclass(frozen=True)
class Pairs:
    """All pairs of rows that can stand in one answer."""

    rows: tuple[Recommendation, ...]
    impossible: tuple[Impossible, ...]
    subjects: Mapping[str, Subject]

    @classmethod
    def of(cls, knowledge: Knowledge) -> Pairs:
        return cls(knowledge.recommendations, knowledge.impossible, knowledge.subjects)

    @cached_property
    def possible(self) -> tuple[Pair, ...]:
        pairs = (self._pair(one, other) for one, other in combinations(self.rows, 2) if one.hooks & other.hooks)
        return tuple(pair for pair in pairs if pair.together or pair.on_two_tumors)

    @cached_property
    def opposed(self) -> tuple[Opposed, ...]:
        """Those that speak for and against one subject. What is said of two tumors of each alone is no opposition."""
        return tuple(sorted(self._opposed(), key=lambda o: (o.subject, o.speaks_for, o.speaks_against)))

    def _opposed(self) -> Iterator[Opposed]:
        for pair in self.possible:
            for one, other in ((pair.one, pair.other), (pair.other, pair.one)):
                for word in sorted(other.opposes):
                    of_patient = self.subjects[word].scope is Scope.PATIENT
                    if (pair.together or of_patient) and one.favors & self._parts[word]:
                        yield Opposed(word, one.id, other.id)

    @cached_property
    def _parts(self) -> Mapping[str, Values]:
        """Each subject with those that are part of it."""
        listed = self.subjects.values()
        return {word: frozenset(s.id for s in listed if word in (s.id, s.part_of)) for word in self.subjects}

    def _pair(self, one: Recommendation, other: Recommendation) -> Pair:
        both = one.asks_tumor and other.asks_tumor
        replaced = one.id in other.replaces or other.id in one.replaces
        together = not replaced and self._can_stand((one, 0), (other, 0))
        return Pair(one, other, together, both and self._can_stand((one, 0), (other, 1)))

    def can_hold(self, row: Recommendation, feature: str, value: str) -> bool:
        """Whether a picture may give one fact this value and hold all else that the row asks for."""
        asked = _asked([(replace(row, when={**row.when, feature: frozenset({value})}), 0)])
        return asked is not None and self._narrowed(asked) is not None

    def _can_stand(self, *placed: tuple[Recommendation, int]) -> bool:
        asked = _asked(placed)
        return asked is not None and self._has_picture(asked, list(self._taking_place(placed)))

    def _taking_place(self, placed: Iterable[tuple[Recommendation, int]]) -> Iterator[list[tuple[Key, Values]]]:
        """The conditions of rows that would take the place of one of these.

        Only of those that ask nothing else than the two: a row whose data are cited and prove broken is withheld, and
        what rests on the same data is withheld with it.
        """
        listed = list(placed)
        keys = {key for row, tumor in listed for key, _ in _conditions(row, tumor)}
        hooks = frozenset.intersection(*(row.hooks for row, _ in listed))
        for row, tumor in listed:
            for third in self._replacing.get(row.id, ()):
                conditions = _conditions(third, tumor)
                if hooks <= third.hooks and {key for key, _ in conditions} <= keys:
                    yield conditions

    @cached_property
    def _replacing(self) -> Mapping[str, tuple[Recommendation, ...]]:
        """The rows that take the place of each."""
        return {row.id: tuple(other for other in self.rows if row.id in other.replaces) for row in self.rows}

    def _has_picture(self, asked: _Asked, taking: list[list[tuple[Key, Values]]]) -> bool:
        """Whether some picture holds what is asked and none of the rows that would take a place fires in it."""
        narrowed = self._narrowed(asked)
        if narrowed is None:
            return False
        for conditions in taking:
            open_ = [(key, values) for key, values in conditions if not narrowed.surely(key, values)]
            if any(VOCABULARY[key[0]].lone or not narrowed.left(key) & values for key, values in open_):
                continue
            rest = [other for other in taking if other is not conditions]
            return any(self._has_picture(narrowed.without(key, values), rest) for key, values in open_)
        return True

    def _narrowed(self, asked: _Asked) -> _Asked | None:
        """What is left to the features once the impossible is left out; None where nothing is."""
        before: _Asked | None = None
        while asked is not before:
            before = asked
            for facts in self._placed_impossible:
                if sum(key in asked for key, _ in facts) < len(facts) - 1:  # two unasked are two open
                    continue
                open_ = [(key, values) for key, values in facts if not asked.surely(key, values)]
                if not open_:
                    return None
                (key, values), *more = open_
                if not more and not VOCABULARY[key[0]].lone and asked.left(key) & values:
                    asked = asked.without(key, values)
        return asked

    @cached_property
    def _placed_impossible(self) -> tuple[tuple[tuple[Key, Values], ...], ...]:
        return tuple(
            tuple((_key(name, tumor), values) for name, values in fact.facts.items())
            for fact in self.impossible
            for tumor in ((0, 1) if fact.asks_tumor else (0,))
        )


def _key(name: str, tumor: int) -> Key:
    return name, tumor if VOCABULARY[name].scope is Scope.TUMOR else 0


def _conditions(row: Recommendation, tumor: int) -> list[tuple[Key, Values]]:
    return [(_key(name, tumor), values) for name, values in row.when.items()]


def _asked(placed: Iterable[tuple[Recommendation, int]]) -> _Asked | None:
    """The conditions of all of them; None where they contradict each other."""
    single: dict[Key, Values] = {}
    sets: dict[Key, tuple[Values, ...]] = {}
    for row, tumor in placed:
        for key, values in _conditions(row, tumor):
            lone = VOCABULARY[key[0]].lone
            if lone:
                sets[key] = (*sets.get(key, ()), values)
                if any(not _can_share(values, other, lone) for other in sets[key]):
                    return None
            else:
                single[key] = single.get(key, values) & values
                if not single[key]:
                    return None
    return _Asked(single, sets)


def _can_share(one: Values, other: Values, lone: str) -> bool:
    """Whether one set can meet both lists: any values may come together, only the lone one stands alone."""
    return bool(one & other) or {lone} not in (set(one), set(other))
