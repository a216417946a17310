"""The supervisors' page of scripts: their steps, what waits for a second person, every version, and the way back."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from callcenter.commands import BadCommand, Commands
from callcenter.pages.guard import need
from callcenter.pages.script_words import ASKS, SCRIPTS, caused, said
from callcenter.pages.terms import EVIDENCE, OUTCOMES, word
from callcenter.rules.access import PROMISES, may
from callcenter.rules.call import NotNow, NotThere
from callcenter.rules.events import Row
from callcenter.rules.scripts import CAUSES, LIFE_SAFETY, MOST_STEPS, NO, YES, YES_NO, Option, Step, changes, step
from callcenter.rules.times import moment
from callcenter.scripting import GATES, Scripting
from callcenter.store.log import Writing

EMPTY_ROWS = 2
COLUMNS = ("id", "zh", "en", "ask", "must", "gates", "options")
OPTION = re.compile(r"\s*([^=;]+?)\s*=\s*([^/>;]+?)\s*(?:/\s*([^>;]*?)\s*)?(?:>\s*([^;]*?)\s*)?")


def script_pages(commands: Commands, scripts: Scripting, zone: ZoneInfo) -> Blueprint:
    pages = Blueprint("scripts", __name__)

    def local(at: str) -> str:
        return moment(at).astimezone(zone).strftime("%Y-%m-%d %H:%M") if at else ""

    def proposals() -> list[Row]:
        return [{**one, "changes": changes(scripts.script(one["script"], one["base"]), _steps(one["steps"]))}
                for one in scripts.store.proposals()]  # fmt: skip

    def show(name: str, typed: Mapping[str, str] | None = None, status: int = 200, error: str = "") -> Any:
        scripts.look()
        if name not in SCRIPTS:
            raise NotThere(f"there is no script {name}")
        steps, made = scripts.script(name, scripts.newest), proposals()
        rows = _rows(steps) if typed is None else _typed(typed)
        return render_template(
            "supervisor/scripts.html", name=name, SCRIPTS=SCRIPTS, ASKS=ASKS, steps=steps, rows=rows, said=said,
            caused=caused, local=local, base=scripts.base(name), life_safety=LIFE_SAFETY, error=error, why=(
                typed or {}).get("why", ""), word=word, GATES={**EVIDENCE, **OUTCOMES}, CAUSES=CAUSES,
            waiting=[one for one in made if one["stage"] == "open"], may_change=may(current_user.role, PROMISES),
            history=[one for one in made if one["script"] == name and one["stage"] != "open"],
            versions={one["at"]: one["number"] for one in scripts.versions.values()}, me=current_user.id,
            key=lambda: str(uuid4()), most=MOST_STEPS,
        ), status  # fmt: skip

    def decided(act: Any, name: str) -> ResponseReturnValue:
        """One decision, once for each key; a refusal is said at the top of the page."""
        try:
            commands.once(f"script {name} {request.path}", request.form.get("key"), current_user, act)
        except NotNow as refused:
            flash(_refusal(refused), "error")
        except BadCommand as refused:
            flash(f"{gettext(refused.message)} → {gettext(refused.fix)}", "error")
        return redirect(f"/supervisor/scripts/{name}")

    @pages.get("/supervisor/scripts")
    @need("reports")
    def index() -> ResponseReturnValue:
        return redirect("/supervisor/scripts/sos")

    @pages.get("/supervisor/scripts/<name>")
    @need("reports")
    def one(name: str) -> ResponseReturnValue:
        return show(name)  # type: ignore[no-any-return]

    @pages.post("/supervisor/scripts/<name>")
    @need(PROMISES)
    def propose(name: str) -> ResponseReturnValue:
        form = request.form.to_dict()
        why, base = form.get("why", "").strip()[:500], request.form.get("base", 0, type=int)
        try:
            steps = read_steps(form)
            if not why:
                raise BadCommand("why", "Write why it is changed", "A colleague will have to understand it")
            commands.once(f"propose {name}", form.get("key"), current_user, lambda w: {
                "proposal": scripts.propose(w, name, steps, base, why, current_user)["number"]})  # fmt: skip
        except NotNow as refused:
            return show(name, form, 409, _refusal(refused))  # type: ignore[no-any-return]
        except BadCommand as refused:
            return show(name, form, 422, f"{gettext(refused.message)} → {gettext(refused.fix)}")  # type: ignore[no-any-return]
        flash(gettext("Proposed: a second person has to approve it.") if name in LIFE_SAFETY
              else gettext("The new version holds from the next call on."))  # fmt: skip
        return redirect(f"/supervisor/scripts/{name}")

    @pages.post("/supervisor/scripts/<name>/back")
    @need(PROMISES)
    def back(name: str) -> ResponseReturnValue:
        number = request.form.get("version", 0, type=int)
        why = gettext("Back to version %(n)s", n=number)

        def act(w: Writing) -> Row:
            return {"proposal": scripts.back_to(w, number, name, why, current_user)["number"]}

        return decided(act, name)

    @pages.post("/supervisor/scripts/<name>/<int:number>/approve")
    @need(PROMISES)
    def approve(name: str, number: int) -> ResponseReturnValue:
        return decided(lambda w: {"proposal": scripts.approve(w, number, current_user)["number"]}, name)

    @pages.post("/supervisor/scripts/<name>/<int:number>/reject")
    @need(PROMISES)
    def reject(name: str, number: int) -> ResponseReturnValue:
        words = request.form.get("words", "").strip()[:200]
        return decided(lambda w: {"proposal": scripts.reject(w, number, current_user, words)["number"]}, name)

    # --- a resident's own steps -----------------------------------------------------------------------------------

    @pages.get("/people/residents/<resident_id>/steps")
    @need("people_read")
    def own(resident_id: str) -> ResponseReturnValue:
        resident = scripts.store.resident(_number(resident_id))
        if resident is None:
            raise NotThere(f"there is no resident {resident_id[:12]}")
        return render_template("people/steps.html", resident=resident, own=scripts.store.own_of(resident["id"]),
                               local=local, said=said, as_step=step, ASKS=ASKS, key=str(uuid4()),
                               may_edit=may(current_user.role, "people_edit"))  # fmt: skip

    @pages.post("/people/residents/<resident_id>/steps")
    @need("people_edit")
    def change_own(resident_id: str) -> ResponseReturnValue:
        number, text = _number(resident_id), request.form.get("words", "").strip()[:2000]
        commands.once(f"own steps {number}", request.form.get("key"), current_user, lambda w: {
            "resident": scripts.set_own(w, number, text, current_user)["resident_id"]})  # fmt: skip
        flash(gettext("Saved: asked from the next call on."))
        return redirect(f"/people/residents/{number}/steps")

    return pages


def _number(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise NotThere(f"there is no resident {text[:12]}")
    return int(text)


def _refusal(refused: NotNow) -> str:
    return f"{gettext(str(refused)).format(**refused.values)} → {gettext(refused.fix)}"


def _steps(rows: Sequence[Row]) -> tuple[Step, ...]:
    return tuple(step(row) for row in rows)


# --- a script as it is typed -------------------------------------------------------------------------------------


def _rows(steps: Sequence[Step]) -> list[dict[str, str]]:
    rows = [
        {"id": one.id, "zh": one.zh, "en": one.en, "ask": one.ask, "must": "1" if one.must else "",
         "gates": ", ".join(one.gates), "options": spelled(one.options)}
        for one in steps
    ]  # fmt: skip
    return rows + [dict.fromkeys(COLUMNS, "") for _ in range(EMPTY_ROWS)]


def _typed(form: Mapping[str, str]) -> list[dict[str, str]]:
    return [{name: form.get(f"{n}-{name}", "") for name in COLUMNS} for n in range(MOST_STEPS + EMPTY_ROWS)]


def spelled(options: Sequence[Option]) -> str:
    """``head=头/the head>fall_head; other=别处/elsewhere``."""
    parts = []
    for one in options:
        english, causes = f"/{one.en}" if one.en else "", f">{' '.join(one.causes)}" if one.causes else ""
        parts.append(f"{one.code}={one.zh}{english}{causes}")
    return "; ".join(parts)


def read_options(text: str) -> tuple[Option, ...]:
    """The reverse of ``spelled``. Raises ``BadCommand`` naming the part that cannot be read."""
    found = []
    for part in filter(str.strip, text.replace("；", ";").split(";")):
        match = OPTION.fullmatch(part)
        if match is None:
            raise BadCommand(
                "options", "An answer cannot be read", "Write code=Chinese/English>cause, with ; between answers"
            )
        code, zh, en, causes = match.groups()
        found.append(Option(code, zh, en or "", tuple((causes or "").split())))
    return tuple(found)


def read_steps(form: Mapping[str, str]) -> list[Step]:
    """The steps as typed; a row without an id is left out. Raises ``BadCommand``."""
    steps = []
    for row in _typed({name: value.strip() for name, value in form.items()}):
        if not row["id"]:
            continue
        options = read_options(row["options"])
        if row["ask"] == YES_NO and not options:
            options = (Option(YES, "是", "yes"), Option(NO, "否", "no"))
        gates = tuple(filter(None, re.split(r"[,，\s]+", row["gates"])))
        steps.append(Step(row["id"], row["zh"], row["en"], row["ask"], bool(row["must"]), gates, options))
    return steps


__all__ = ["GATES", "read_steps", "script_pages", "spelled"]
