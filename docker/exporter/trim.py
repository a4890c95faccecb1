"""Take out of an environment what nothing needs that runs: tests of packages, static libraries, other commands.

python trim.py ENVIRONMENT HOME: ENVIRONMENT is where it stands, HOME the path that it will have. What pip has noted
as installed (RECORD) is kept true.
"""  # noqa: INP001 - scripts of the image are no package

import base64
import csv
import hashlib
import sys
from pathlib import Path

COMMAND = "mlexporter"


def is_needless(path: Path) -> bool:
    """Tell whether ``path``, relative to the folder of packages, is of no use where the environment runs."""
    return "tests" in path.parts[:-1] or path.suffix == ".a" or path.name == "conftest.py"


def point_to(command: Path, interpreter: str) -> None:
    """Give a script the interpreter that it will find."""
    _, _, rest = command.read_text(encoding="utf-8").partition("\n")
    command.write_text(f"#!{interpreter}\n{rest}", encoding="utf-8")


def note(path: Path) -> tuple[str, str]:
    """Return hash and size of a file as RECORD has them."""
    content = path.read_bytes()
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=")
    return f"sha256={digest.decode()}", str(len(content))


def renew(record: Path, packages: Path) -> None:
    """Write a RECORD again: without what is gone, and with what was changed."""
    rows = []
    for name, *known in csv.reader(record.read_text(encoding="utf-8").splitlines()):
        path = (packages / name).resolve()
        if path.is_file():
            changed = not path.is_relative_to(packages.resolve())
            rows.append((name, *(note(path) if changed else known)))
    with record.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(sorted(rows))


def main(environment: Path, home: str) -> None:
    """Trim the environment."""
    (packages,) = environment.glob("lib/python*/site-packages")
    for path in [path for path in packages.rglob("*") if path.is_file()]:
        if is_needless(path.relative_to(packages)):
            path.unlink()
    for folder in sorted((path for path in packages.rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()
    for command in environment.joinpath("bin").iterdir():
        if command.name not in {COMMAND, "python"}:
            command.unlink()
    point_to(environment / "bin" / COMMAND, f"{home}/bin/python")
    for record in packages.glob("*.dist-info/RECORD"):
        renew(record, packages)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
