"""Bookings: a visit asked for, said whether it can be done, moved, called off. Each verb within one transaction."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from callcenter.desk import Who, actor
from callcenter.rules.call import NotNow, NotThere
from callcenter.rules.callbacks import MOVED
from callcenter.rules.events import Row, booking_stream, call_stream
from callcenter.rules.times import later
from callcenter.store.diary import Diary
from callcenter.store.log import Writing
from dispatch.callbacks import Callbacks
from dispatch.planning import Place, Planning
from dispatch.rules import booking as life
from dispatch.rules.days import at, clock_text, local_day
from dispatch.rules.recurring import Repeat, days
from dispatch.rules.service_terms import Services

ONCE = Repeat()
SOURCES = ("phone", "pager", "walk_in", "family", "grid")
REMIND_AFTER_PLAN_SECONDS = 1800.0
LAST_MINUTE = 24 * 60


@dataclass(frozen=True)
class Wish:
    """What somebody asks for. ``begin`` and ``end`` are minutes after midnight between which the visit begins."""

    service: str
    day: date
    begin: int
    end: int
    home_id: int | None = None
    resident_id: int | None = None
    repeat: Repeat = ONCE
    notes: str = ""
    source: str = "phone"
    from_call: str | None = None
    anyway: bool = False  # book it although it collides or finds no place


@dataclass(frozen=True)
class Answer:
    """What can be said of a wish: words are a code and what belongs to it, put into a language by the pages."""

    days: tuple[date, ...]
    left_out: tuple[date, ...]
    problems: tuple[NotNow, ...]
    place: Place | None


class Bookings:
    def __init__(
        self, diary: Diary, planning: Planning, callbacks: Callbacks, rules: Services, zone: ZoneInfo,
        holiday: Callable[[date], bool],
    ):  # fmt: skip
        self.diary, self.planning, self.callbacks, self.rules = diary, planning, callbacks, rules
        self.zone, self.holiday = zone, holiday

    # --- asked for ------------------------------------------------------------------------------------------------

    def make(self, w: Writing, user: Who, wish: Wish) -> Row:
        """Book it. Raises ``NotNow`` with the first problem in words, unless it is wanted ``anyway``."""
        service, home = self._asked(w, wish)
        found = self._look(w, wish, service, home)
        if found.problems and not wish.anyway:
            raise found.problems[0]
        series, made = "", list[Row]()
        for day in found.days:
            made.append(self._book(w, user, wish, service, home, day, series))
            series = series or made[0]["id"]
        for row in made:
            if row["plan_at"] <= w.at:
                self.planning.plan_day(w, row["day"], row["station_id"], actor(user))
        if wish.from_call and w.row("calls", wish.from_call):
            text = f"{service['name']} {made[0]['day']} {self._hours(made[0])} → {made[0]['id']}"
            w.append(call_stream(wish.from_call), "NoteAdded", {"text": text, "name": user.name}, actor(user))
        return {"bookings": [row["id"] for row in made], "left_out": [day.isoformat() for day in found.left_out],
                "problems": [one.code for one in found.problems]}  # fmt: skip

    def look(self, w: Writing, wish: Wish) -> Answer:
        """What ``make`` would find, with every problem there is; nothing is written."""
        return self._look(w, wish, *self._asked(w, wish))

    def _asked(self, w: Writing, wish: Wish) -> tuple[Row, Row]:
        service = self.diary.service(w.conn, wish.service)
        if service is None or not service["active"]:
            raise NotNow("no_service", "This service is not offered", "Choose one of the catalogue")
        home = self.diary.whose(w.conn, wish.home_id, wish.resident_id)
        if home is None:
            raise NotNow("nobody", "It is not said for whom", "Choose the resident")
        if not 0 <= wish.begin <= wish.end or wish.end + service["minutes"] > LAST_MINUTE:
            raise NotNow("window", "The time does not fit into one day", "Say from when until when the visit may begin")
        if at(wish.day, wish.end, self.zone) < w.at:
            raise NotNow("past", "This time is over", "Choose a later one")
        return service, home

    def _look(self, w: Writing, wish: Wish, service: Row, home: Row) -> Answer:
        try:
            found, left_out = days(wish.day, wish.repeat, self.holiday)
        except ValueError as error:
            raise NotNow("repeat", "These days cannot be booked: {why}", "Choose other days, or an earlier end",
                         why=str(error)) from None  # fmt: skip
        problems = list(self._collisions(w, wish, service, home, found))
        row = self._row(wish, service, home, found[0])
        place = self.planning.fits(w, row)
        if place is None and (problem := self._no_place(w, row)):
            problems.append(problem)
        return Answer(tuple(found), tuple(left_out), tuple(problems), place)

    def _collisions(self, w: Writing, wish: Wish, service: Row, home: Row, found: Sequence[date]) -> Iterator[NotNow]:
        """The home has another visit at that time."""
        for other in self.diary.of_home(w.conn, home["home_id"], [day.isoformat() for day in found]):
            day = date.fromisoformat(other["day"])
            ends = at(day, wish.end + service["minutes"], self.zone)
            theirs = later(other["until_at"], other["terms"]["minutes"] * 60)
            if other["stage"] in life.STANDING and other["from_at"] < ends and at(day, wish.begin, self.zone) < theirs:
                said = {"name": other["terms"]["name"], "day": other["day"], "time": self._hours(other)}
                yield PROBLEMS["collides"](said)

    def _no_place(self, w: Writing, row: Row) -> NotNow | None:
        """Why nobody can be planned, and when there would be time. Far ahead there is no roster, and no problem."""
        if row["station_id"] is None:
            return PROBLEMS["no_station"]({})
        why = self.planning.why_not(w, row)
        today = local_day(w.at, self.zone)
        if why == "no_roster" and row["day"] > (today + timedelta(days=1)).isoformat():
            return None
        if why != "no_time":
            return PROBLEMS[why]({"day": row["day"]})
        day = date.fromisoformat(row["day"])
        begin, end = (at(day, m, self.zone) for m in (self.rules.move_from_minute, self.rules.move_until_minute))
        other = self.planning.room(w, row, [(row["day"], max(begin, w.at), end)])
        if other is None:
            return PROBLEMS["full"]({"day": row["day"]})
        whole = later(other[1].starts_at, 59)  # a minute that has begun is too early
        return PROBLEMS["no_time"]({"time": clock_text(whole, self.zone)})

    # --- one booked visit -----------------------------------------------------------------------------------------

    def _row(self, wish: Wish, service: Row, home: Row, day: date) -> Row:
        return {
            "id": "", "service": service["code"], "terms": life.terms(service), "day": day.isoformat(),
            "from_at": at(day, wish.begin, self.zone), "until_at": at(day, wish.end, self.zone),
            "notes": wish.notes, "source": wish.source, "from_call": wish.from_call, "reminded_at": None,
            **{name: home[name] for name in ("home_id", "resident_id", "station_id")},
        }  # fmt: skip

    def _book(self, w: Writing, user: Who, wish: Wish, service: Row, home: Row, day: date, series: str) -> Row:
        said = self._row(wish, service, home, day)
        label = day.strftime("%Y%m%d")
        before = sum(row["id"].startswith(label) for row in w.changed("bookings"))
        booking_id = f"{label}-B{self.diary.last_number(w.conn, label) + before + 1:03d}"
        body = {**said, **self._times(w, day), "booking": booking_id, "series": series or None,
                "owner_id": user.id or None, "owner_name": user.name}  # fmt: skip
        del body["id"], body["reminded_at"]
        w.append(booking_stream(booking_id), "BookingMade", body, actor(user))
        return self._need(w, booking_id)

    def _times(self, w: Writing, day: date) -> Row:
        """Planned on the day before, when everything for the day is known; the resident is reminded after that."""
        plan_at = max(w.at, at(day - timedelta(days=1), self.rules.plan_at_minute, self.zone))
        return {"plan_at": plan_at, "remind_at": later(plan_at, REMIND_AFTER_PLAN_SECONDS) if plan_at > w.at else None}

    # --- called off, moved ----------------------------------------------------------------------------------------

    def cancel(self, w: Writing, booking_id: str, user: Who, reason: str, series: bool = False) -> Row:
        """This one, or with all of its series that follow. What is under way is ended in its case."""
        row = self._need(w, booking_id)
        if row["stage"] in life.RUNNING:
            raise NotNow("under_way", "This visit is under way, as case {case}", "Cancel the visit in that case",
                         case=row["call_id"])  # fmt: skip
        rows = [row]
        if series:
            first = row["series"] or row["id"]
            w.know("bookings", self.diary.of_series(w.conn, first, row["day"]))
            others = [r["id"] for r in self.diary.of_series(w.conn, first, row["day"])]
            rows += [r for key in others if (r := w.row("bookings", key)) and key != row["id"]]
        ended = [one for one in rows if one is row or one["stage"] in life.AHEAD]
        for one in ended:
            body = {"booking": one["id"], "reason": reason, "name": user.name}
            w.append(booking_stream(one["id"]), "BookingCancelled", body, actor(user))
            self.callbacks.drop(w, one, reason)
        return {"bookings": [one["id"] for one in ended]}

    def move(self, w: Writing, booking_id: str, user: Who, day: date, begin: int, end: int) -> Row:
        """To another time that the resident has agreed to."""
        row = self._need(w, booking_id)
        if row["stage"] not in life.AHEAD:
            raise NotNow("not_now", "This booking is {stage}", "Book a new visit", stage=row["stage"])
        if not 0 <= begin <= end or end + row["terms"]["minutes"] > LAST_MINUTE:
            raise NotNow("window", "The time does not fit into one day", "Say from when until when the visit may begin")
        if at(day, end, self.zone) < w.at:
            raise NotNow("past", "This time is over", "Choose a later one")
        window = (day.isoformat(), at(day, begin, self.zone), at(day, end, self.zone))
        self.callbacks.drop(w, row, "")
        self._move(w, row, window, actor(user), **self._times(w, day))
        if (self._need(w, booking_id)["plan_at"] or "") <= w.at:
            self.planning.plan_day(w, window[0], row["station_id"], actor(user))
        return self._need(w, booking_id)

    def put_elsewhere(self, w: Writing, row: Row, who: str) -> Row:
        """A visit that could not be: at the cheapest place today, else tomorrow; the resident is rung about it."""
        windows = self.planning.windows_to_move_to(row, w.at)
        found = self.planning.room(w, row, windows)
        tomorrow = windows[-2]
        if found is None:
            self._move(w, row, tomorrow, who, plan_at=w.at, remind_at=None)
        else:
            day, place = found
            window = (day, place.starts_at, later(place.starts_at, self.rules.moved_window_seconds))
            self._move(w, row, window, who, plan_at=None, remind_at=None)
            body = {"booking": row["id"], **place._asdict()}
            body["planned_at"] = body.pop("starts_at")
            w.append(booking_stream(row["id"]), "BookingPlanned", body, who)
        moved = self._need(w, row["id"])
        why = {"was": life.slot(row), "from_at": moved["from_at"], "carer_name": moved["carer_name"]}
        self.callbacks.about(w, MOVED, moved, why, self.rules.tell_moved_seconds)
        return self._need(w, row["id"])

    @staticmethod
    def _move(w: Writing, row: Row, window: tuple[str, str, str], who: str, **times: str | None) -> None:
        body: Row = {"booking": row["id"], "day": window[0], "from_at": window[1], "until_at": window[2], **times}
        w.append(booking_stream(row["id"]), "BookingMoved", body, who)

    # --- common ground --------------------------------------------------------------------------------------------

    @staticmethod
    def _need(w: Writing, booking_id: str) -> Row:
        row = w.row("bookings", booking_id)
        if row is None:
            raise NotThere(f"there is no booking {booking_id}")
        return row

    def _hours(self, row: Row) -> str:
        return f"{clock_text(row['from_at'], self.zone)}–{clock_text(row['until_at'], self.zone)}"


# What stands against a wish, in words; the pages say them in the reader's language.
PROBLEMS: Mapping[str, Callable[[Row], NotNow]] = {
    "collides": lambda v: NotNow(
        "collides", "This home has {name} on {day}, {time}", "Choose another time, or book it anyway", **v
    ),
    "no_station": lambda v: NotNow(
        "no_station", "This home belongs to no station", "Enter its station, or book it anyway", **v
    ),
    "no_roster": lambda v: NotNow(
        "no_roster", "Nobody of the station is on the roster on {day}", "Choose another day, or book it anyway", **v
    ),
    "no_skill": lambda v: NotNow(
        "no_skill", "Nobody of the station who works on {day} has been trained for it",
        "Choose another day, or book it anyway", **v,
    ),
    "no_time": lambda v: NotNow(
        "no_time", "Everybody who could do it is taken then", "There is time at {time}; or book it anyway", **v
    ),
    "full": lambda v: NotNow(
        "full", "Everybody who could do it is taken all day on {day}", "Choose another day, or book it anyway", **v
    ),
}  # fmt: skip
