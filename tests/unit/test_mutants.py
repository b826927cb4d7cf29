"""`make mutants` makes the changes that it names, each alone, and knows whose tests are whose."""

from pathlib import Path

import pytest

from tests import mutants

PROGRAM = '''"""A docstring is left alone: 1 < 2."""
from typing import Literal

Side = 1


@cache(maxsize=7)
def decide(a: Literal[3], b: int = 4) -> bool:
    if a < b and not a:
        return a - 1 in (b, -b)
    return True
'''
CHANGES = [
    "4: 1 -> 2",
    "8: 4 -> 5",
    "9: a < b and (not a) -> a < b or not a",
    "9: a < b -> a >= b",
    "9: not a -> a",
    "10: a - 1 in (b, -b) -> a - 1 not in (b, -b)",
    "10: a - 1 -> a + 1",
    "10: 1 -> 2",
    "10: -b -> b",
    "11: True -> False",
]


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[mutants.Mutant]:
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
    monkeypatch.setattr(mutants, "ROOT", tmp_path)
    return list(mutants.mutants("program.py"))


def test_every_small_change_is_made_once(made: list[mutants.Mutant]) -> None:
    assert sorted(f"{it.line}: {it.before} -> {it.after}" for it in made) == sorted(CHANGES)
    assert len({it.text for it in made}) == len(CHANGES)


def test_a_change_is_looked_for_where_its_statement_stands(made: list[mutants.Mutant]) -> None:
    assert {it.line: list(it.reached_at) for it in made} == {4: [4], 8: [8], 9: [9], 10: [10], 11: [11]}


def test_the_tests_of_every_package_are_there() -> None:
    root = mutants.ROOT
    assert [
        name for name in mutants.OWN_TESTS if not (root / "services" / name / "__init__.py").exists()
    ] == []
    named = [path for paths in mutants.OWN_TESTS.values() for path in paths.split()]
    assert [path for path in named if not (root / "tests" / path).exists()] == []
