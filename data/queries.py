"""The .sql files of this package, by name. SQL lives in files so that it can be read, run and explained alone."""

from functools import cache
from pathlib import Path

SQL_FOLDER = Path(__file__).with_name("sql")
MIGRATIONS_FOLDER = Path(__file__).with_name("migrations")


@cache
def sql(name: str) -> str:
    """Return the text of ``data/sql/<name>.sql``."""
    return (SQL_FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def migrations() -> list[tuple[int, str]]:
    """Return (number, SQL) of every migration, in the order in which they are applied."""
    files = sorted(MIGRATIONS_FOLDER.glob("[0-9][0-9][0-9][0-9]_*.sql"))
    return [(int(file.name[:4]), file.read_text(encoding="utf-8")) for file in files]
