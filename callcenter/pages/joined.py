"""The console's scripts joined as they are served: one file the queue is drawn with, one with all that may follow.

The sources stay eighty small modules and there is no build: this reads them at the first visit, and again when one has
changed. It knows the few forms of import and export our scripts use and refuses every other by name and place.
``/console?scripts=plain`` serves the sources one by one, for whoever looks for a fault with the browser's own tools.

    first.js    parts['time.js'] = (() => { …; return { clock, figures } })()      in the order they need each other
    rest.js     the same, for what is only named in import('./close.js'), which becomes fetched('close.js')
"""

import re
from collections.abc import Callable, Iterable
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from callcenter.pages.packed import shortened

START = "main.js"
FIRST, REST = "first.js", "rest.js"
IMPORT = re.compile(r"^import (?:(?P<whole>\w+)|\{(?P<some>[^}]*)\}) from '(?P<where>[^']+)'$", re.M)
LATER = re.compile(r"\bimport\('\./([\w-]+\.js)'\)")
EXPORT = re.compile(r"^export (?=(?:async function|function|const|class) (?P<name>\w+))", re.M)
OTHER = re.compile(r"^(?:import\b(?! *\()|export\b).*", re.M)
HEAD = {
    FIRST: "export const parts = {}\nexport const fetched = async (name) => (await import('./rest.js'), parts[name])\n",
    REST: "import { parts, fetched } from './first.js'\n",
}


class NotJoinable(ValueError):
    """A form of import or export that the joiner does not know, or scripts that need each other in a circle."""


class Source:
    """One script: what it needs at once, what it fetches later, what it gives."""

    def __init__(self, path: Path):
        self.name, self.text = path.name, shortened(path.read_text("utf-8"))
        self.needs = [m["where"].removeprefix("./") for m in IMPORT.finditer(self.text) if m["where"].startswith("./")]
        self.foreign = [m["where"] for m in IMPORT.finditer(self.text) if not m["where"].startswith("./")]
        self.later = LATER.findall(self.text)
        self.gives = [m["name"] for m in EXPORT.finditer(self.text)]

    def check(self, sources: dict[str, "Source"]) -> None:
        """A name that is not given would only be missing where it is used, at night."""
        for m in IMPORT.finditer(self.text):
            name, wanted = m["where"].removeprefix("./"), re.findall(r"(\w+)(?: as \w+)?(?:,|\s*$)", m["some"] or "")
            if m["where"].startswith("./") and (
                name not in sources or (lost := set(wanted) - set(sources[name].gives))
            ):
                what = f"{name} is missing" if name not in sources else f"{name} gives no {', '.join(sorted(lost))}"
                raise NotJoinable(f"{self.name}: {what}")

    def part(self, foreign: dict[str, str]) -> str:
        """As a member of ``parts``; ``foreign`` says by which name each library goes here."""

        def taken(m: re.Match[str]) -> str:
            where = m["where"]
            source = f"parts['{where[2:]}']" if where.startswith("./") else foreign[where]
            some = f"{{{m['some']}}}".replace(" as ", ": ") if m["whole"] is None else ""
            return f"const {some or m['whole']} = {source}{'' if some else '.default'}"

        body = EXPORT.sub("", IMPORT.sub(taken, self.text))
        if strange := OTHER.search(body):
            raise NotJoinable(f"{self.name}: {strange[0]}: callcenter/pages/joined.py does not know this form")
        body = LATER.sub(r"fetched('\1')", body)
        return f"parts['{self.name}'] = (() => {{\n{body}\nreturn {{ {', '.join(self.gives)} }}\n}})()\n"


def join(folder: Path) -> dict[str, str]:
    """``{"first.js": text, "rest.js": text}``. Raises ``NotJoinable`` with the name of the script at fault."""
    sources = {path.name: Source(path) for path in folder.glob("*.js")}
    first = _reached(sources, lambda one: one.needs)
    everything = _reached(sources, lambda one: one.needs + one.later)
    joined = {FIRST: _file(FIRST, sources, first), REST: _file(REST, sources, everything - first)}
    for one in sources.values():
        one.check(sources)
    return joined


def _reached(sources: dict[str, Source], follow: Callable[[Source], Iterable[str]]) -> set[str]:
    found, open_ = set[str](), [START]
    while open_:
        name = open_.pop()
        if name not in found:
            found.add(name)
            open_ += follow(sources[name])
    return found


def _file(name: str, sources: dict[str, Source], wanted: set[str]) -> str:
    try:
        order = list(TopologicalSorter({n: sources[n].needs for n in sorted(wanted)}).static_order())
    except CycleError as error:
        raise NotJoinable(f"these scripts need each other in a circle: {' → '.join(error.args[1])}") from error
    chosen = [sources[one] for one in order if one in wanted]
    foreign = {where: f"foreign{n}" for n, where in enumerate(sorted({w for one in chosen for w in one.foreign}))}
    libraries = "".join(f"import * as {short} from '{where}'\n" for where, short in foreign.items())
    return libraries + HEAD[name] + "".join(one.part(foreign) for one in chosen)
