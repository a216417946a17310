"""The front door (一门受理): a report by telephone, at the counter, from a grid or the web opens or joins a case.

The same rules as for a pager: one case per home, a further report only ever raises its priority. Nobody is turned away
for want of a record: a home without a device, and a caller nobody knows, get a case as well.
"""

from dataclasses import dataclass, field

from callcenter.desk import Desk, Who
from callcenter.intake import Intake
from callcenter.rules.call import WAITING, NotThere
from callcenter.rules.callers import account_of_caller
from callcenter.rules.events import Row, call_stream
from callcenter.rules.front_door import COMPLAINT, KINDS, OF_THEMSELVES
from callcenter.store.log import Writing
from callcenter.store.whose import case_of_caller, owner
from devices.signal import Signal


@dataclass(frozen=True, slots=True)
class Told:
    """What was reported. Whose it is: a home, a resident, an account, or only the caller ``{name, phone, place}``.

    ``form`` names the form it was written on: sent twice, it is one case.
    """

    source: str
    kind: str
    words: str
    form: str
    home_id: int | None = None
    resident_id: int | None = None
    account: str = ""
    caller: Row = field(default_factory=dict)


class FrontDoor:
    def __init__(self, intake: Intake, desk: Desk):
        self.intake, self.desk = intake, desk

    def report(self, w: Writing, told: Told, actor: str, taker: Who | None = None) -> Row:
        """``{call, joined}``. With a ``taker`` the case is theirs at once, unless somebody has it already."""
        account, known = self._whose(w, told)
        before = len(w.appended)
        said: Row = {"kind": told.kind, "source": told.source, "words": told.words}
        said |= {"caller": dict(told.caller)} if told.caller or not (known or told.account) else {}
        signal = Signal(account, KINDS[told.kind], told.source)
        call_id = self.intake.report(w, signal, told.source, told.words, actor, known, said)
        joined = all(event.kind != "CallOpened" for event in w.appended[before:])
        if told.kind == COMPLAINT:
            complaint = {"call": call_id, "words": told.words, "source": told.source}
            w.append(call_stream(call_id), "ComplaintRaised", complaint, actor)
        row = w.row("calls", call_id)
        if taker is not None and row and row["stage"] == WAITING:
            self.desk.answer(w, call_id, taker)
        return {"call": call_id, "joined": joined}

    def _whose(self, w: Writing, told: Told) -> tuple[str, Row | None]:
        if told.account:
            return told.account, None
        if told.home_id is None and told.resident_id is None:
            # A grid worker finds many people: their own number must not make one case of them.
            own = told.source in OF_THEMSELVES
            account = account_of_caller(str(told.caller.get("phone") or "") if own else "", told.form)
            case = case_of_caller(w, account)
            at_home = case["home_id"] if case else None  # it may have been found meanwhile whose home it is
            return owner(w.conn, self.intake.people, at_home, None) or (account, None)
        found = owner(w.conn, self.intake.people, told.home_id, told.resident_id)
        if found is None:
            raise NotThere(f"there is no home {told.home_id} with a resident {told.resident_id}")
        return found
