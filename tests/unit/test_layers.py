"""The layers hold: pages -> services -> data, never back, never skipping."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DRIVERS = {"duckdb", "psycopg"}
DRAWING = {"streamlit", "altair"}
ORDER = (
    # what needs nothing of ours
    *(
        "translation",
        "brand",
        "addresses",
        "environment",
        "oidc_settings",
        "sign_in_settings",
        "settings",
        "ids",
        "fields",
        "intervals",
        "runs",
        "public_holidays",
        "recurrence",
        "regions",
        "app_package",
        "turns",
        "people",
    ),
    # pure decisions, and what speaks to others
    *("causes", "connection", "detector", "freshchat", "ingest"),
    # what the running system is made of
    *("activity", "directory", "vault", "fitted", "learned", "system", "renaming"),
    # what people and programs ask of it
    *(
        "closed_days",
        "recurring",
        "integrations",
        "notifications",
        "contacts",
        "audit",
        "signing_in",
        "asking",
        "backfill",
        "probing",
        "sealing",
        "pausing",
        "watch",
        "forgetting",
        "trust",
        "set_up",
        "overview",
        "alerting",
    ),
    # its doors
    *("api", "process", "serving"),
)
"""The packages and modules of services/: each may import those before it, and none after it."""

FORBIDDEN = {
    "pages": {"data", "simulator", "bench", "app"} | DRIVERS,
    "services": {"pages", "simulator", "bench", "app"} | DRIVERS | DRAWING,
    "data": {"pages", "services", "simulator", "bench", "app"} | DRAWING,
    "bench": {"pages", "data", "simulator", "app"} | DRIVERS,
    "simulator": {"pages", "services", "data", "bench", "app"} | DRIVERS | DRAWING,
}


def modules_imported_by(text: str) -> set[str]:
    """Return the modules that a program imports, at whatever depth of its code."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute here"
            module = node.module or ""
            # `from services import ingest` imports a module, `from services.system import System` a name of one
            names |= {f"{module}.{alias.name}" for alias in node.names} if "." not in module else {module}
    return names


def imported_by(file: Path) -> set[str]:
    """Return the top-level packages that a file imports."""
    return {name.partition(".")[0] for name in modules_imported_by(file.read_text(encoding="utf-8"))}


def against_the_order(unit: str, text: str) -> set[str]:
    """Return the units of services/ that a program of ``unit`` imports although they come after it."""
    imported = {name.split(".")[1] for name in modules_imported_by(text) if name.startswith("services.")} - {
        unit
    }
    return {other for other in imported if ORDER.index(other) > ORDER.index(unit)}


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


def test_no_import_runs_against_the_order_of_the_services() -> None:
    wrong = {}
    for file in sorted((ROOT / "services").rglob("*.py")):
        unit = file.relative_to(ROOT / "services").with_suffix("").parts[0]
        if unit != "__init__" and (found := against_the_order(unit, file.read_text(encoding="utf-8"))):
            wrong[str(file.relative_to(ROOT))] = found
    assert wrong == {}


def test_every_unit_of_the_services_has_its_place_in_the_order() -> None:
    found = {path.stem for path in (ROOT / "services").iterdir() if path.suffix == ".py" or path.is_dir()}
    assert found - {"__init__", "__pycache__"} == set(ORDER)
    assert len(ORDER) == len(set(ORDER))


@pytest.mark.parametrize(
    "line",
    [
        "from services.watch.verdict import decide",
        "from services import watch",
        "import services.watch.verdict",
        "def late():\n    from services.watch import verdict",
    ],
)
def test_an_import_against_the_order_is_found(line: str) -> None:
    assert against_the_order("ingest", line) == {"watch"}
    assert against_the_order("api", line) == set()


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
