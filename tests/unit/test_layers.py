"""The layers hold: pages -> services -> data, never back, never skipping."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DRIVERS = {"duckdb", "psycopg"}
DRAWING = {"streamlit", "altair"}
FORBIDDEN = {
    "pages": {"data", "simulator", "bench", "app"} | DRIVERS,
    "services": {"pages", "simulator", "bench", "app"} | DRIVERS | DRAWING,
    "data": {"pages", "services", "simulator", "bench", "app"} | DRAWING,
    "simulator": {"pages", "services", "data", "bench", "app"} | DRIVERS | DRAWING,
}


def imported_by(file: Path) -> set[str]:
    """Return the top-level packages that a file imports, at whatever depth of its code."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports are absolute here"
            names.add((node.module or "").partition(".")[0])
    return names


@pytest.mark.parametrize("layer", FORBIDDEN)
def test_a_layer_imports_only_the_one_below(layer: str) -> None:
    files = sorted((ROOT / layer).rglob("*.py"))
    assert files, f"{layer}/ has no files: this test would hold nothing"
    wrong = {
        str(file.relative_to(ROOT)): found
        for file in files
        if (found := imported_by(file) & FORBIDDEN[layer])
    }
    assert wrong == {}


def test_the_launcher_imports_services_only() -> None:
    assert imported_by(ROOT / "app.py") & {"pages", "data", "simulator", "bench"} == set()


def test_sql_lives_in_files_of_the_data_layer() -> None:
    statements = ("SELECT ", "INSERT INTO", "DELETE FROM", "CREATE TABLE")
    wrong = [
        str(file.relative_to(ROOT))
        for layer in ("services", "pages")
        for file in sorted((ROOT / layer).rglob("*.py"))
        if any(statement in file.read_text(encoding="utf-8") for statement in statements)
    ]
    assert wrong == []
