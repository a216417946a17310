"""Reads the house as it is built and says, in sentences, where it breaks the rules of its storeys, floors and doors.

How it works: every module of the house is parsed, never imported, so a broken one is judged too. A module's place
(storey, floor) comes from its path alone. All imports count alike, whether at the top, inside a function or under
``TYPE_CHECKING``: a dependency that is hidden is still a dependency. Relative imports and ``import_module("...")`` with
a plain string are resolved like the others.
"""

import ast
import graphlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

STOREYS = {"devices": 0, "callcenter": 1, "dispatch": 2, "app": 3}

# The floor of a module is that of the first name on its path, below the storey, that stands here; others are services.
FLOORS = {
    "rules": 0, "signal": 0, "codecs": 0, "settings": 0,
    "store": 1, "lines": 1, "channels": 1, "telephony": 1,
    "pages": 3, "live": 3, "commands": 3,
}  # fmt: skip
SERVICES, PEOPLE = 2, 3

WEB = ("callcenter/pages/", "dispatch/pages/", "callcenter/live.py", "dispatch/live.py", "app.py")
NET = ("dispatch/channels/",)
# Each library has one door: the names it may be imported by, and the only places that may do it.
DOORS = {
    **dict.fromkeys(("sqlalchemy", "alembic", "psycopg"), ("callcenter/store/",)),
    "flask": WEB,
    "werkzeug": (*WEB, "callcenter/runtime.py"),  # its server is what the threading runtime serves with
    "apscheduler": ("app.py",),
    "serial": ("devices/lines/",),
    **dict.fromkeys(("paho", "aiomqtt"), ("devices/lines/",)),
    **dict.fromkeys(("pty", "os.openpty"), ("devices/simulator/",)),
    **dict.fromkeys(("eventlet", "gevent"), ("callcenter/runtime.py",)),
    **dict.fromkeys(("requests", "httpx", "urllib.request", "urllib3", "aiohttp", "apprise"), NET),
    "http.client": (*NET, "devices/simulator/centre.py"),  # pretend staff use the public API like anyone outside
}

# What a pure module may not touch, nor anything inside it. Types such as pathlib.Path or datetime stay free.
IMPURE = (
    "socket", "os", "asyncio", "threading", "subprocess", "select", "selectors", "sqlite3", "shutil", "tempfile",
    "time.time", "time.time_ns", "time.monotonic", "time.monotonic_ns", "time.perf_counter", "time.sleep",
    "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today",
    "secrets", "uuid.uuid1", "uuid.uuid4", "pathlib.Path.cwd", "pathlib.Path.home", "io.open",
    "builtins.open", "builtins.input", "builtins.print",
)  # fmt: skip
# Encryption needs padding that nobody can guess; with dice handed in, a caller could hand in loaded ones.
ALLOWED = {("devices/codecs/dc09_cipher.py", "os")}
FILE_WORK = {"write_text", "write_bytes", "iterdir", "rglob", "unlink", "mkdir", "rmdir", "is_file", "is_dir"}
FILE_READING = {"read_text", "read_bytes"}  # codecs may: their tables are packaged beside them

VAGUE = {"utils", "util", "helpers", "helper", "manager", "managers", "base", "common", "core", "misc"}
LONGEST_FUNCTION, LONGEST_FILE = 60, 300


@dataclass
class Module:
    """One Python file of the house: ``path`` is relative to the house, ``name`` is what others import."""

    path: PurePosixPath
    tree: ast.Module
    source: str

    @cached_property
    def name(self) -> str:
        parts = self.path.with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @cached_property
    def storey(self) -> int:
        return STOREYS[self.name.split(".")[0]]

    @cached_property
    def floor(self) -> int:
        if self.name == "app":
            return PEOPLE
        inside = self.name.split(".")[1:]
        if not inside:
            return 0  # a storey's own __init__ is words, so whatever it imports has to be below everybody
        return next((FLOORS[part] for part in inside if part in FLOORS), SERVICES)

    @cached_property
    def pure(self) -> bool:
        inside = self.name.split(".")[1:]
        return any(part in {"rules", "codecs", "signal"} for part in inside)

    @cached_property
    def imports(self) -> list[tuple[int, str]]:
        """``(line, dotted name)`` of everything imported; ``from a import b`` gives ``a.b``."""
        return sorted(self._imports())

    def _imports(self) -> Iterator[tuple[int, str]]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node.lineno, f"{self._origin(node)}.{alias.name}") for alias in node.names)
            elif isinstance(node, ast.Call) and (by_name := _imported_by_name(node)):
                yield node.lineno, by_name

    def _origin(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.path.parent.parts
        above = package[: len(package) - (node.level - 1)]
        return ".".join((*above, node.module) if node.module else above)

    @cached_property
    def meanings(self) -> dict[str, str]:
        """What each imported short name stands for: ``{"dt": "datetime", "Path": "pathlib.Path"}``."""
        known = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    first = alias.name.split(".")[0]
                    known[alias.asname or first] = alias.name if alias.asname else first
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    known[alias.asname or alias.name] = f"{self._origin(node)}.{alias.name}"
        return known

    def meaning(self, node: ast.expr) -> str | None:
        """The full dotted name of an expression such as ``dt.datetime.now``, if it starts at an imported name."""
        if isinstance(node, ast.Name):
            if node.id in {"open", "input", "print"}:
                return self.meanings.get(node.id, f"builtins.{node.id}")
            return self.meanings.get(node.id)
        if isinstance(node, ast.Attribute) and (owner := self.meaning(node.value)):
            return f"{owner}.{node.attr}"
        return None


def _imported_by_name(call: ast.Call) -> str | None:
    called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if called not in {"import_module", "__import__"} or not call.args:
        return None
    said = call.args[0]
    return said.value if isinstance(said, ast.Constant) and isinstance(said.value, str) else None


def _under(name: str, top: str) -> bool:
    return name == top or name.startswith(top + ".")


@dataclass
class House:
    """The modules found under ``root`` and every broken rule among them."""

    root: Path
    modules: dict[str, Module] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for storey in STOREYS:
            single = self.root / f"{storey}.py"
            for path in [single] if single.exists() else sorted((self.root / storey).rglob("*.py")):
                self._read(path)

    def _read(self, path: Path) -> None:
        source = path.read_text(encoding="utf-8")
        place = PurePosixPath(path.relative_to(self.root).as_posix())
        try:
            module = Module(place, ast.parse(source), source)
        except SyntaxError as error:
            self.unreadable.append(f"{place}:{error.lineno}: cannot be read as Python: {error.msg}")
        else:
            self.modules[module.name] = module

    def ours(self, imported: str) -> Module | None:
        """The module of ours that a dotted name leads to: the longest part of it that is a file here."""
        parts = imported.split(".")
        for end in range(len(parts), 0, -1):
            if found := self.modules.get(".".join(parts[:end])):
                return found
        return None

    def problems(self) -> list[str]:
        """One sentence for each broken rule, ``path:line: what is wrong``; empty when the house stands."""
        each = (self.stairs, self.doors, self.purity, self.names, self.sizes)
        return (
            self.unreadable
            + [said for m in self.modules.values() for rule in each for said in rule(m)]
            + self.circles()
        )

    def stairs(self, module: Module) -> Iterator[str]:
        """A module may import another only if neither the storey nor the floor of the other is above its own."""
        for line, imported in module.imports:
            if _under(imported, "tests") or _under(imported, "deploy"):
                yield f"{module.path}:{line}: the house may not import {imported}, which is outside it"
            other = self.ours(imported)
            if other is None or other is module:
                continue
            if other.storey > module.storey:
                yield f"{module.path}:{line}: {module.name} may not import {other.name}, whose storey is above its own"
            if other.floor > module.floor:
                yield (
                    f"{module.path}:{line}: {module.name} (floor {module.floor}) may not import "
                    f"{other.name} (floor {other.floor}), whose floor is above its own"
                )

    def circles(self) -> list[str]:
        """No module may need itself by way of others."""
        needs = {
            m.name: {other.name for _, name in m.imports if (other := self.ours(name)) and other is not m}
            for m in self.modules.values()
        }
        try:
            graphlib.TopologicalSorter(needs).prepare()
        except graphlib.CycleError as error:
            return ["these modules import each other in a circle: " + " <- ".join(error.args[1])]
        return []

    def doors(self, module: Module) -> Iterator[str]:
        """Each library has one door."""
        for line, name in sorted({*module.imports, *self._mentions(module)}):
            for library, places in DOORS.items():
                through = library == "flask" and name.split(".")[0].startswith("flask_")
                if not (_under(name, library) or through) or any(str(module.path).startswith(p) for p in places):
                    continue
                yield f"{module.path}:{line}: {name} has one door, {' or '.join(places)}, and this is not it"

    def _mentions(self, module: Module) -> Iterator[tuple[int, str]]:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and module.meaning(node) in DOORS:
                yield node.lineno, str(module.meaning(node))

    def purity(self, module: Module) -> Iterator[str]:
        """rules/, signal.py and codecs/ do no I/O, never ask the clock and never throw dice of their own."""
        if not module.pure:
            return
        for line, name in module.imports:
            if (str(module.path), name) in ALLOWED:
                continue
            if any(_under(name, forbidden) for forbidden in IMPURE) or self._dice(name):
                yield f"{module.path}:{line}: a pure module may not import {name}; have it handed in"
        for node in ast.walk(module.tree):
            if isinstance(node, (ast.Attribute, ast.Name)) and (said := self._impure(module, node)):
                yield f"{module.path}:{node.lineno}: a pure module may not use {said}; have the answer handed in"
            elif isinstance(node, ast.Call) and module.meaning(node.func) == "random.Random" and not node.args:
                yield f"{module.path}:{node.lineno}: random.Random() without a seed in a pure module; hand a seed in"

    def _impure(self, module: Module, node: ast.Attribute | ast.Name) -> str | None:
        name = module.meaning(node)
        if name and "." in name and (name in IMPURE or self._dice(name)):
            return name
        may_read = "codecs" in module.path.parts
        if isinstance(node, ast.Attribute):
            for work in FILE_WORK if may_read else FILE_WORK | FILE_READING:
                if node.attr == work:
                    return f".{work}()"
        return None

    @staticmethod
    def _dice(name: str) -> bool:
        return name.startswith("random.") and not _under(name, "random.Random")

    def names(self, module: Module) -> Iterator[str]:
        """A module is named after what it holds; a folder opens with one paragraph."""
        for part in module.name.split("."):
            if part in VAGUE:
                yield f"{module.path}:1: no module is named {part}: it says nothing about what is inside"
        if module.path.name == "__init__.py" and not ast.get_docstring(module.tree):
            yield f"{module.path}:1: __init__.py has no docstring: say what lives here and the rule it keeps"

    def sizes(self, module: Module) -> Iterator[str]:
        """Long functions and files hide a missing noun. Tables, migrations and vectors are meant to be long."""
        if "migrations" in module.path.parts or "vectors" in module.path.parts:
            return
        if module.path.stem != "tables" and (lines := _lines_of_code(module)) > LONGEST_FILE:
            yield (
                f"{module.path}:1: {lines} lines (tables not counted), at most {LONGEST_FILE}: "
                "find the noun that is missing and give it a file"
            )
        for node in ast.walk(module.tree):
            if (
                isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
                and (own := _own_lines(node)) > LONGEST_FUNCTION
            ):
                found = f"{node.name}() has {own} lines of its own"
                yield f"{module.path}:{node.lineno}: {found}, at most {LONGEST_FUNCTION}: a step in it wants a name"


def _span(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _lines_of_code(module: Module) -> int:
    """The file's lines less those of its tables: module-level dicts, lists, tuples and sets written out."""
    tables = 0
    for node in module.tree.body:
        value = node.value if isinstance(node, (ast.Assign, ast.AnnAssign)) else None
        if isinstance(value, ast.Call) and value.args:
            value = value.args[0]  # MappingProxyType({...}), frozenset({...})
        if isinstance(value, (ast.Dict, ast.List, ast.Tuple, ast.Set)):
            tables += _span(node) - 1
    return len(module.source.splitlines()) - tables


def _own_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function less those of the functions and classes written inside it, which count for themselves."""
    inner = 0
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            inner += _span(node)
        else:
            waiting.extend(ast.iter_child_nodes(node))
    return _span(function) - inner


def problems(root: Path) -> list[str]:
    """Every broken rule of the house under ``root``, a sentence each."""
    return House(root).problems()
