"""Fetches the files of static/vendor/VENDOR.toml again with npm and compares them with the hashes written there.

    python3 deploy/vendor.py            fetch, compare, write; stops at the first file that is not what VENDOR.toml says
    python3 deploy/vendor.py --accept   fetch, write, and put the new hashes into VENDOR.toml: after a change of version

Needs npm, and nothing of .venv. Only packing is asked of npm, so no script of a package is ever run.
"""

import argparse
import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"
LIST = VENDOR / "VENDOR.toml"


def sha384(content: bytes) -> str:
    """The hash as browsers write it: ``sha384-`` and base64."""
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


def fetch(name: str, version: str, into: Path) -> Path:
    """Unpack one npm package and return the folder with its ``package.json``."""
    packed = subprocess.run(
        ["npm", "pack", f"{name}@{version}", "--json", "--ignore-scripts", "--pack-destination", str(into)],
        check=True,
        capture_output=True,
        text=True,
    )
    said = json.loads(packed.stdout)
    (one,) = said if isinstance(said, list) else said.values()  # npm 11.5 and newer answer by package name
    folder = into / name
    with tarfile.open(into / one["filename"]) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def place(package: dict[str, Any], unpacked: Path, accept: bool) -> list[tuple[str, str]]:
    """Write one package's files, return (file, new hash) of those accepted as changed."""
    target = VENDOR / package["name"] / package["version"]
    fetched = {entry["file"]: (unpacked / entry["from"]).read_bytes() for entry in package["files"]}
    changed = []
    for entry in package["files"]:
        found = sha384(fetched[entry["file"]])
        if found == entry["sha384"]:
            continue
        if not accept:
            sys.exit(
                f"{package['name']} {package['version']}: {entry['from']} is {found}, VENDOR.toml says "
                f"{entry['sha384'] or 'nothing'}. Nothing of this package was written. If the version was changed on "
                f"purpose, run with --accept and look at the difference before you commit it."
            )
        changed.append((entry["file"], found))
    shutil.rmtree(VENDOR / package["name"], ignore_errors=True)
    target.mkdir(parents=True)
    for file, content in fetched.items():
        (target / file).write_bytes(content)
    return changed


def write_hashes(package: str, changed: list[tuple[str, str]]) -> None:
    """Put new hashes into VENDOR.toml, in the block of this package only, keeping its words and order."""
    head, *blocks = re.split(r"(?m)^(?=\[\[package\]\]$)", LIST.read_text(encoding="utf-8"))
    for place, block in enumerate(blocks):
        if f'\nname = "{package}"\n' in block:
            for file, found in changed:
                block = re.sub(rf'(file = "{re.escape(file)}",.*sha384 = ")[^"]*', rf"\g<1>{found}", block)
            blocks[place] = block
    LIST.write_text(head + "".join(blocks), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Fetch static/vendor again and compare its hashes.")
    parser.add_argument("--accept", action="store_true", help="write the hashes found into VENDOR.toml")
    accept = parser.parse_args().accept
    if shutil.which("npm") is None:
        sys.exit("npm is not here. On Debian: apt-get install npm. The files in static/vendor work without it.")
    for package in tomllib.loads(LIST.read_text(encoding="utf-8"))["package"]:
        with tempfile.TemporaryDirectory() as scratch:
            unpacked = fetch(package["name"], package["version"], Path(scratch))
            changed = place(package, unpacked, accept)
        write_hashes(package["name"], changed)
        print(f"{package['name']} {package['version']}: {len(package['files'])} files, {len(changed)} hashes changed")


if __name__ == "__main__":
    main()
