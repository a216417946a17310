"""Risk tiers as people decide them: what the rules propose and why, what somebody decided, and the history of it."""

from datetime import date
from typing import Any

from callcenter.desk import Who, actor
from callcenter.rules.call import NotNow, NotThere
from callcenter.rules.events import Row
from callcenter.rules.risk import LOOK_BACK_DAYS, TIERS, Proposal, propose
from callcenter.rules.tiers import KEEP_DAYS, tier_stream
from callcenter.rules.times import later
from callcenter.store.elders import Elders
from callcenter.store.log import Writing

DAY_SECONDS = 86400.0


class Tiers:
    def proposals(self, conn: Any, today: date, now: str) -> list[Row]:
        """Whose tier is not what their facts speak for, those to be raised first. What somebody has refused lately, for
        the same reasons, is not proposed again."""
        decided: dict[int, Row] = {}
        for row in Elders.decisions(conn):
            decided.setdefault(row["resident_id"], row)
        found = []
        for person, facts in Elders.facts(conn, today, later(now, -LOOK_BACK_DAYS * DAY_SECONDS)):
            proposal = propose(facts)
            if proposal.tier == person["tier"] or _kept(decided.get(person["id"]), proposal, now):
                continue
            said = {"proposed": proposal.tier, "reasons": list(proposal.reasons), "points": proposal.points}
            found.append({**person, **said, "age": facts.age})
        return sorted(
            found, key=lambda row: (row["proposed"] > row["tier"], row["proposed"], -row["points"], row["id"])
        )

    def decide(self, w: Writing, user: Who, resident_id: int, tier: str, words: str, today: date) -> Row:
        """A person's word. Against the rules it needs words: somebody will ask why."""
        person = next((one for one in Elders.facts(w.conn, today, later(w.at, -LOOK_BACK_DAYS * DAY_SECONDS))
                       if one[0]["id"] == resident_id), None)  # fmt: skip
        if person is None:
            raise NotThere(f"there is no resident {resident_id}")
        if tier not in TIERS:
            raise NotNow("tier", "There is no such tier", "Choose A, B or C")
        row, facts = person
        proposal = propose(facts)
        if tier != proposal.tier and not words:
            raise NotNow("words", "Another tier than the rules propose needs words", "Write why, in a few words")
        stream = tier_stream(resident_id)
        body = {"decision": f"{resident_id}.{w.version(stream) + 1}", "resident_id": resident_id, "before": row["tier"],
                "after": tier, "proposed": proposal.tier, "reasons": list(proposal.reasons), "words": words,
                "name": user.name}  # fmt: skip
        w.append(stream, "TierDecided", body, actor(user))
        if tier != row["tier"]:
            Elders.change(w.conn, resident_id, tier=tier)
            changed = {"home": row["home_code"], "changed": [f"{row['code']} tier"]}
            w.append("people", "PeopleChanged", changed, actor(user))
        return body


def _kept(decision: Row | None, proposal: Proposal, now: str) -> bool:
    if decision is None or later(decision["at"], KEEP_DAYS * DAY_SECONDS) <= now:
        return False
    return bool(decision["reasons"] == list(proposal.reasons) and decision["after"] != proposal.tier)
