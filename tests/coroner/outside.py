"""What those outside do: carers on their phones, neighbours and family behind their links, and who rings them."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from callcenter.ring_round import RingRound
from callcenter.rules.answering import SEEN
from callcenter.rules.events import Row
from callcenter.rules.ring_round import RESULTS
from callcenter.store.contacts import to_ring
from callcenter.store.photos import PhotoRows
from dispatch.on_scene import HELP, OnScene
from dispatch.photos import Photos
from dispatch.responding import EVERYBODY
from tests.coroner.ground import Ground, anybody_there, user, which

PHONE = ("accept", "accept", "decline", "depart", "arrive", "arrive", "finish", "finish", "cancel", "shown")
NEXT = {"offered": "accept", "accepted": "depart", "on_the_way": "arrive", "arrived": "finish"}
JPEG = b"\xff\xd8\xff\xe0night\xff\xd9"


class Outside(Ground):
    # --- carers ---------------------------------------------------------------------------------------------------

    @anybody_there
    @rule(which=which, carer=st.sampled_from((0, 0, 1, 2)))
    def somebody_is_sent(self, which: int, carer: int) -> None:
        """Whoever the ladder asks; or by name, a carer who is busy elsewhere too."""
        busy = [v["carer_id"] for v in self.centre.cases.visits_of([c["id"] for c in self.cases()])
                if v["ended_at"] is None and v["accepted_at"]]  # fmt: skip
        named = {"carer_id": busy[carer % len(busy)], "override_reason": "最近"} if carer and busy else {}
        self.tried(lambda call: self.centre.send(call, **named), which)

    @precondition(lambda night: bool(night.visits()))
    @rule(visit=which, hurries=st.integers(0, 2))
    def a_visit_goes_on(self, visit: int, hurries: int) -> None:
        """The next thing a good carer says; ``hurries``: and so much more of it at once."""
        for _ in range(hurries + 1):
            under_way = self.visits()
            if not under_way:
                return
            one = under_way[visit % len(under_way)]
            carer = next((a["carer_id"] for a in one["asked"] if a["result"] == "offered"), one["carer_id"])
            verb = NEXT.get(one["stage"])
            more: Row = {"report": {"condition": "well", "done": [], "text": ""}} if verb == "finish" else {}
            if verb and carer:
                self.maybe(lambda: self.centre.carer(verb, one, carer, **more))  # noqa: B023

    def visits(self) -> list[Row]:
        rows = self.centre.cases.visits_of([c["id"] for c in self.cases() if c["stage"] != "closed"])
        return [row for row in rows if row["ended_at"] is None]

    @precondition(lambda night: bool(night.visits()))
    @rule(which=which, visit=which, asked=which, verb=st.sampled_from(PHONE))
    def a_carer_says(self, which: int, visit: int, asked: int, verb: str) -> None:
        def say(call: Row) -> None:
            visits = self.centre.cases.visits_of([call["id"]])
            if not visits:
                return
            one = visits[visit % len(visits)]
            carers = [a["carer_id"] for a in one["asked"]] if verb in ("accept", "decline", "shown") else []
            carer = carers[asked % len(carers)] if carers else one["carer_id"]
            if verb == "cancel":
                self.done(self.centre.dispatcher.cancel, one["id"], self.staff[0], "不用了")
            elif verb == "shown" and carer:
                self.done(self.centre.dispatcher.shown, one["id"], carer)
            elif carer:
                report = {"condition": ("well", "absent")[asked % 2], "done": [], "text": "看过"}
                more = {"decline": {"reason": "走不开"}, "finish": {"report": report}}.get(verb, {})
                self.centre.carer(verb, one, carer, **more)

        self.tried(say, which)

    @precondition(lambda night: bool(night.visits()))
    @rule(which=which, visit=which, verb=st.sampled_from(("depart", "arrive", "need_help", "check_in", "sos", "photo")),
          reason=st.sampled_from(sorted(HELP)))  # fmt: skip
    def a_carer_on_the_scene(self, which: int, visit: int, verb: str, reason: str) -> None:
        """Takes a touch back, wants a second carer, is fine, is in danger, shows what it looks like."""
        scene = OnScene(self.centre.dispatcher)

        def say(call: Row) -> None:
            visits = [v for v in self.centre.cases.visits_of([call["id"]]) if v["carer_id"]]
            if visits:
                one = visits[visit % len(visits)]
                carer, who = one["carer_id"], f"carer:{one['carer_id']}"
                if verb in ("depart", "arrive"):
                    self.done(scene.undo, one["id"], carer, who, verb)
                elif verb == "sos":
                    self.done(scene.sos, carer, who)
                elif verb == "photo":
                    self._photo(one, carer, who)
                else:
                    more = (reason, "抬不动") if verb == "need_help" else ()
                    self.done(getattr(scene, verb), one["id"], carer, who, *more)

        self.tried(say, which)

    def _photo(self, visit: Row, carer: int, who: str) -> None:
        photos = Photos(self.centre.log, PhotoRows(self.database), self.folder / "photos")
        kept = self.done(photos.add, visit, carer, who, JPEG)
        self.done(photos.delete, kept["id"], self.staff[2], "拍到了证件")

    # --- neighbours and family ------------------------------------------------------------------------------------

    @anybody_there
    @rule(which=which, user=user, whom=st.sampled_from(("responders", "contacts", EVERYBODY)), says=which,
          seen=st.sampled_from(SEEN))  # fmt: skip
    def the_neighbourhood_is_asked(self, which: int, user: int, whom: str, says: int, seen: str) -> None:
        """Those who agreed; one of them answers by the link."""
        self.at_a_console(self.staff[user])
        parts, who = self.centre.parts.responding, self.staff[user]
        if not self.tried(lambda c: self.done(parts.ask, c["id"], f"user:{who.id} {who.name}", whom), which):
            return
        found = self.of_people()
        call = self.centre.call(found[which % len(found)])
        mine = [one for one in call["responders"].values() if one["state"] == "asked"]
        if not mine:
            return
        token = self.done(parts.link, call["id"], mine[says % len(mine)]).rpartition("/")[2]
        said: tuple[tuple[Any, ...], ...] = ((parts.answer, True), (parts.arrive,), (parts.report, seen, "敲门没人应"))
        for verb, *words in said[: says % 4] or ((parts.answer, False),):
            self.maybe(lambda verb=verb, words=words: self.done(verb, token, *words))  # type: ignore[misc]

    @anybody_there
    @rule(which=which, user=user, result=st.sampled_from(RESULTS), contact=which, there=st.booleans(),
          minutes=st.sampled_from((None, 2, 30)))  # fmt: skip
    def the_family_is_rung(
        self, which: int, user: int, result: str, contact: int, there: bool, minutes: int | None
    ) -> None:
        self.at_a_console(self.staff[user])

        def ring(call: Row) -> None:
            with self.database.read() as conn:
                people = to_ring(conn, call["home_id"]) if call["home_id"] else []
            if people:
                one = people[contact % len(people)]
                about = {"contact": one["id"], "role": one["role"]}
                self.done(RingRound().tried, call["id"], self.staff[user], **about, result=result, minutes=minutes)
                if there:
                    self.maybe(lambda: self.done(RingRound().there, call["id"], self.staff[user], **about))

        self.tried(ring, which)
