"""Reading config.toml and the environment: whatever is wrong stops the start, with its name and how to mend it."""

import difflib
import os
import tomllib
import typing
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_settings import BaseSettings

S = TypeVar("S", bound=BaseSettings)


class BadSettings(Exception):
    """The configuration cannot be used; the text names each wrong key and the fix."""


def read_settings(whole: type[S], path: Path) -> S:
    """Read ``path`` (TOML) and the environment into ``whole``. Raises ``BadSettings``; never prints what was written,
    for it may be a key or a password."""
    if not path.is_file():
        raise BadSettings(f"there is no configuration {path}: give --config FILE, or copy config.toml from the program")
    _readable(path)
    _known_sections(whole)
    made: type[S] = type(whole.__name__, (whole,), {"model_config": {**whole.model_config, "toml_file": path}})
    try:
        return made()
    except ValidationError as error:
        said = [f"  {_fault(whole, dict(one))}" for one in error.errors(include_input=False, include_url=False)]
        raise BadSettings(f"{path} cannot be used:\n" + "\n".join(said)) from None
    except ValueError as error:  # a variable that should hold a list or a table
        raise BadSettings(f"the environment cannot be read: {error}; write lists as JSON, such as [1, 2]") from None


def _readable(path: Path) -> None:
    try:
        tomllib.loads(path.read_text("utf-8"))
    except UnicodeDecodeError:
        raise BadSettings(f"{path} is not UTF-8: save it as UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(f"{path} is not TOML: {error}; texts stand in quotes, sections in [brackets]") from None
    except OSError as error:
        raise BadSettings(f"{path} cannot be read: {error.strerror}; give this user the right to read it") from None


def _known_sections(whole: type[BaseSettings]) -> None:
    """A misspelt section in the environment would be passed over in silence otherwise."""
    prefix, between = whole.model_config.get("env_prefix", ""), whole.model_config.get("env_nested_delimiter") or "__"
    for name in os.environ:
        section, found, _ = name.removeprefix(prefix).partition(between)
        if name.startswith(prefix) and found and section.lower() not in whole.model_fields:
            raise BadSettings(f"{name}: there is no section {section.lower()}; {_perhaps(section, whole)}")


def _fault(whole: type[BaseModel], error: dict[str, Any]) -> str:
    place = [str(part) for part in error["loc"]]
    name = ".".join(place)
    variable = f"{whole.model_config.get('env_prefix', '')}{'__'.join(place).upper()}"
    name = f"{name} (from {variable})" if variable in os.environ else name
    if error["type"] == "extra_forbidden":
        return f"{name}: there is no such key; {_perhaps(place[-1], _model(whole, place[:-1]))}"
    said = error["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    return f"{name}: {said}"


def _perhaps(written: str, model: type[BaseModel] | None) -> str:
    known = sorted(model.model_fields) if model else []
    close = difflib.get_close_matches(written.lower(), known, 1)
    return f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}"


def _model(whole: type[BaseModel], place: list[str]) -> type[BaseModel] | None:
    """The model a place in the settings belongs to, through sections and lists of tables."""
    found: Any = whole
    for part in place:
        if not part.isdigit():
            found = found.model_fields[part].annotation
        while not isinstance(found, type) and typing.get_args(found):
            found = typing.get_args(found)[0]
    return found if isinstance(found, type) and issubclass(found, BaseModel) else None
