"""What a carer's report asks for besides the call-back: a door code that was tried, a home that has refused twice."""

from collections.abc import Callable

from callcenter.rules.events import Row, call_stream
from callcenter.rules.times import later
from callcenter.store.households import Households
from callcenter.store.lately import Lately
from callcenter.store.log import Writing
from dispatch.asking import CLOCK

REFUSALS, WITHIN_SECONDS = 2, 7 * 86400.0
TRIED = {"right": True, "wrong": False}
SERVICE = 3  # as urgent as telling somebody of it is


class Reported:
    """``supervisors``: who turns to the community when a home refuses again, as ``{role, id, name, phone}``."""

    def __init__(self, supervisors: Callable[[], list[Row]]):
        self.supervisors = supervisors

    def __call__(self, w: Writing, visit: Row) -> None:
        report = visit["report"] or {}
        if visit["home_id"] is None:
            return
        tried = TRIED.get(report.get("door_code", ""))
        if tried is not None:
            words = "" if tried else "门禁码不对"
            who = f"carer:{visit['carer_id']}"
            Households.access_checked(w, visit["home_id"], tried, words, visit["carer_name"] or "", who)
        if report.get("condition") == "refused":
            self._refused(w, visit)

    def _refused(self, w: Writing, visit: Row) -> None:
        """Once is somebody's right; twice within a week, somebody the elder trusts should ask."""
        lately = Lately.reports_of(w.conn, visit["home_id"], later(w.at, -WITHIN_SECONDS))
        refused = sum(report.get("condition") == "refused" for report in lately)
        to = self.supervisors()
        if refused >= REFUSALS and to:
            words = f"呼叫 {visit['call_id']}：七天内 {refused} 次拒绝上门，请联系社区了解情况"
            body = {"words": words, "priority": SERVICE, "who": "supervisor", "to": to}
            w.append(call_stream(visit["call_id"]), "NoticeAsked", body, CLOCK)
