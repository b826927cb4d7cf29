"""The injixo app as the zip that an admin uploads to Freshchat as a custom app."""

import io
import sys
import zipfile
from pathlib import Path

from services.settings import PROJECT_ROOT

APP_FOLDER = PROJECT_ROOT / "injixo_app"
FILE_NAME = "injixo_app.zip"
PACKED = ("manifest.json", "config/**/*", "server/**/*")
FIXED_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip can say: the same files give the same bytes."""

READABLE_FILE = 0o100644 << 16
UNIX = 3


def build_app_zip() -> bytes:
    """Return the zip of the app; the same sources give the same bytes, whoever builds it and when.

    The files are stored as they are: what a compressor makes of them depends on its version.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path in app_files():
            entry = zipfile.ZipInfo(path.relative_to(APP_FOLDER).as_posix(), FIXED_TIME)
            entry.create_system = UNIX
            entry.external_attr = READABLE_FILE
            archive.writestr(entry, path.read_bytes())
    return buffer.getvalue()


def app_files() -> list[Path]:
    """Return the files of the app, without its tests, in the order of their names."""
    found = (path for pattern in PACKED for path in APP_FOLDER.glob(pattern))
    return sorted(path for path in found if path.is_file())


def main(folder: str) -> None:
    path = Path(folder) / FILE_NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(build_app_zip())
    print(f"{path}: {len(app_files())} files, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
