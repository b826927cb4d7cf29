"""The number of the last commit, kept beside the file: a hole in the commits shows when the file is opened."""

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path


def witness_path(database: Path) -> Path:
    return database.with_name(database.name + ".sequence")


def read_witness(database: Path) -> tuple[int, datetime | None]:
    """Return the number of the last commit that was witnessed and when it was made; (0, None) if unknown."""
    try:
        sequence, _, at = witness_path(database).read_text(encoding="ascii").strip().partition(" ")
        return int(sequence), datetime.fromisoformat(at)
    except (OSError, ValueError):
        return 0, None  # no witness yet, or cut off in mid-write: nothing is known, nothing is claimed


class Witness:
    """Writes the number of each commit down. The file is our own alone, like the database."""

    def __init__(self, database: Path) -> None:
        self._file = os.open(witness_path(database), os.O_WRONLY | os.O_CREAT, 0o600)

    def note(self, sequence: int) -> None:
        # Not synced: it may fall behind the database, which claims nothing, but never run ahead of it.
        line = f"{sequence:020d} {datetime.now(UTC).isoformat(timespec='milliseconds')}\n"
        with suppress(OSError):  # the commit stands, whether or not it could be witnessed
            os.pwrite(self._file, line.encode("ascii"), 0)

    def close(self) -> None:
        os.close(self._file)
