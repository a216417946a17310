"""Where the browser finds scripts: the import map, read from the list of vendored files."""

import tomllib
from pathlib import Path
from typing import Any

ImportMap = dict[str, dict[str, str]]
STATIC = Path(__file__).resolve().parents[2] / "static"


def import_map(static: Path, url: str = "/static") -> ImportMap:
    """``{"imports": {bare specifier: address}}`` from ``static/vendor/VENDOR.toml``."""
    packages: list[dict[str, Any]] = tomllib.loads((static / "vendor" / "VENDOR.toml").read_text("utf-8"))["package"]
    return {
        "imports": {
            file["specifier"]: f"{url}/vendor/{package['name']}/{package['version']}/{file['file']}"
            for package in packages
            for file in package["files"]
            if "specifier" in file
        }
    }


def only(found: ImportMap, *specifiers: str) -> ImportMap:
    """The part of the map a page uses. Raises ``KeyError`` for a specifier nobody vendored."""
    return {"imports": {name: found["imports"][name] for name in specifiers}}
