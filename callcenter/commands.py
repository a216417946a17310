"""Commands: what a person asks for, done once. The key they send with it is kept with what it did."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from callcenter.desk import HOLD_CHOICES, Desk, Who
from callcenter.rules.call import DEVICE_EVIDENCE, OUTCOMES, NotNow
from callcenter.rules.events import Row
from callcenter.rules.pauses import MINUTES, REASONS
from callcenter.store.log import Log, Writing

KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")


class BadCommand(ValueError):
    """A body that cannot be acted on: ``field``, what is wrong, and the fix. Becomes HTTP 422."""

    def __init__(self, field: str, message: str, fix: str):
        super().__init__(message)
        self.field, self.message, self.fix = field, message, fix


@dataclass(frozen=True, slots=True)
class Done:
    """``result`` is what the act returned the first time; ``seq`` the log's head after it; ``again`` a repeated key."""

    result: dict[str, Any]
    again: bool


class Commands:
    def __init__(self, log: Log, desk: Desk):
        self.log, self.desk = log, desk

    def once(self, name: str, key: Any, user: Who, act: Callable[[Writing], dict[str, Any]]) -> Done:
        """Run ``act`` in one transaction, unless this key has been used: then say what it did before."""
        if not isinstance(key, str) or not KEY.fullmatch(key):
            raise BadCommand("key", "needs an idempotency key", "send a new uuid as key with each command")
        with self.log.writing() as w:
            before = w.done_before(key)
            if before is not None:
                if before["name"] != name or before["user"] != user.id:
                    raise NotNow(
                        "key_used", "This key was used for another command", "Send a new uuid with each command"
                    )
                return Done(before["result"], True)
            result = act(w) | {"seq": w.appended[-1].seq if w.appended else 0}
            w.remember(key, name, user.id or None, {"name": name, "user": user.id, "result": result})
        return Done(result, False)

    def on_call(self, verb: str, call_id: str, user: Who, body: Row) -> Done:
        """One of the desk's verbs on one call. ``body`` is the JSON the person sent."""
        verbs: dict[str, Callable[[Writing], Row]] = {
            "answer": lambda w: self.desk.answer(w, call_id, user),
            "hold": lambda w: self.desk.hold(w, call_id, user, _seconds(body)),
            "resume": lambda w: self.desk.resume(w, call_id, user),
            "note": lambda w: self.desk.note(w, call_id, user, text(body, "text", 2000)),
            "heard": lambda w: self.desk.heard(w, call_id, user, True),
            "unheard": lambda w: self.desk.heard(w, call_id, user, False),
            "close": lambda w: self.desk.close(
                w,
                call_id,
                user,
                version(body),
                choice(body, "outcome"),
                choice(body, "evidence"),
                text(body, "words", 2000),
                text(body, "said", 500) if body.get("said") else "",
            ),
            "pause": lambda w: self.desk.pause(w, call_id, user, choice(body, "reason"), _minutes(body)),
            "resume-clock": lambda w: self.desk.resume_clock(w, call_id, user),
            "reopen": lambda w: self.desk.reopen(w, call_id, user, text(body, "reason", 500)),
        }
        return self.once(f"{verb} {call_id}", body.get("key"), user, lambda w: {"call": verbs[verb](w)["id"]})


def version(body: Row) -> int:
    found = body.get("expected_version")
    if not isinstance(found, int) or isinstance(found, bool):
        raise BadCommand("expected_version", "needs the version you saw", "send the version of the call on your screen")
    return found


def text(body: Row, name: str, longest: int) -> str:
    found = body.get(name)
    if found is not None and not isinstance(found, str):
        raise BadCommand(name, f"{name} is no text", "send it as a string")
    found = (found or "").strip()
    if not found:
        raise BadCommand(name, f"{name} is empty", "write what happened, in a few words")
    if len(found) > longest:
        raise BadCommand(name, f"{name} is longer than {longest} characters", "shorten it")
    return found


def choice(body: Row, name: str) -> str:
    allowed = {"outcome": OUTCOMES, "evidence": DEVICE_EVIDENCE, "reason": REASONS}[name]
    if body.get(name) not in allowed:
        raise BadCommand(name, f"{name} is not one of the choices", f"choose one of {', '.join(allowed)}")
    return str(body[name])


def _minutes(body: Row) -> int:
    if body.get("minutes") not in MINUTES or isinstance(body["minutes"], bool):
        raise BadCommand("minutes", "a pause lasts 10, 30, 60, 240 or 1440 minutes", "choose one of these")
    return int(body["minutes"])


def _seconds(body: Row) -> int:
    if not isinstance(body.get("seconds"), int) or body["seconds"] not in HOLD_CHOICES:
        raise BadCommand("seconds", "a hold lasts 60 or 120 seconds", "choose 60 or 120")
    return int(body["seconds"])
