"""What pages and programs can ask of services/, and the role that each needs: found in the code, not listed by hand.

``python -m tests.rights`` writes docs/rights.md.
"""

import ast
import importlib
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from services.people.person import ROLES

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "docs" / "rights.md"
DOORS = ("pages", "services/api")
OPERATORS = {"services/api/metrics.py", "services/api/own_metrics.py", "services/api/operator_routes.py"}
"""What they tell is about the system as a whole; the door before them asks for a sign-in."""
DOORKEEPERS = {"pages/parts/reader.py", "services/api/access.py"}
"""They find out who asks."""


def entry_points() -> dict[str, Callable[..., Any]]:
    """Return every function of services/ that takes the system first and that a page or a route uses, by name."""
    found: dict[str, Callable[..., Any]] = {}
    for door in DOORS:
        for file in sorted((ROOT / door).rglob("*.py")):
            if str(file.relative_to(ROOT)) not in OPERATORS | DOORKEEPERS:
                found |= {
                    name_of(function): function
                    for function in _used_by(ast.parse(file.read_text(encoding="utf-8")))
                }
    return dict(sorted(found.items()))


def name_of(function: Callable[..., Any]) -> str:
    return f"{function.__module__.removeprefix('services.')}.{function.__name__}"


def _used_by(program: ast.Module) -> Iterator[Callable[..., Any]]:
    for node in ast.walk(program):
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("services"):
            continue
        for alias in node.names:
            thing = _imported(str(node.module), alias.name)
            if inspect.ismodule(thing):
                used = _attributes_of(program, alias.asname or alias.name)
                yield from filter(_takes_the_system, (getattr(thing, name, None) for name in used))
            elif _takes_the_system(thing):
                yield thing


def _imported(module: str, name: str) -> Any:
    loaded = importlib.import_module(module)
    return getattr(loaded, name) if hasattr(loaded, name) else importlib.import_module(f"{module}.{name}")


def _attributes_of(program: ast.Module, module: str) -> set[str]:
    return {
        node.attr
        for node in ast.walk(program)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == module
    }


def _takes_the_system(thing: Any) -> bool:
    return (
        inspect.isfunction(thing)
        and thing.__module__.startswith("services.")
        and not thing.__module__.startswith("services.api")
        and next(iter(inspect.signature(thing).parameters), None) == "system"
    )


def table() -> str:
    """Return the table of calls by role, as docs/rights.md holds it."""
    lines = [
        "# Who may what",
        "",
        "Written by `python -m tests.rights`; `tests/unit/test_rights.py` walks it with every role.",
        "A page shows nothing that its reader may not do. Whoever is limited to some integrations finds no others.",
        "",
        "| call | changes | " + " | ".join(ROLES) + " |",
        "|---|---|" + "---|" * len(ROLES),
    ]
    for name, function in entry_points().items():
        role = getattr(function, "role", ROLES[0])
        may = ["yes" if ROLES.index(each) >= ROLES.index(role) else "–" for each in ROLES]
        changes = "yes" if getattr(function, "changes", False) else ""
        lines.append(f"| `{name}` | {changes} | {' | '.join(may)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
