"""Every table: the log, the journal of the wire, the pictures folded from the log, and the people.

Moments are ``rules.times.stamp`` texts. Pictures hold nothing that the log does not: ``verify`` proves it.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

# SQLite counts by itself only on INTEGER keys; PostgreSQL should have 64 bits.
Number = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# --- the log and the journal -------------------------------------------------------------------------------------

events = Table(
    "events",
    metadata,
    Column("seq", Number, primary_key=True, autoincrement=False),
    Column("at", String(24), nullable=False),
    Column("stream", String(80), nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("body", Text, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("hash", String(64), nullable=False),
    UniqueConstraint("stream", "version"),
)

streams = Table(
    "streams",  # the newest version and hash of each stream, so that appending never searches the log
    metadata,
    Column("stream", String(80), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)

followers = Table(
    "followers",  # how far a durable follower of the log has come
    metadata,
    Column("name", String(40), primary_key=True),
    Column("seq", Number, nullable=False),
)

frames = Table(
    "frames",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("line", String(40), nullable=False),
    Column("peer", String(80), nullable=False),
    Column("received_at", String(24), nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("account", String(32), nullable=False),
    Column("digest", LargeBinary(16), nullable=False),
    Column("outcome", String(16), nullable=False),  # raised | retransmission | garbled
    Column("signals", Integer, nullable=False),
    Column("same_as", Number),  # the frame this one retransmits
    Column("note", Text, nullable=False, server_default=""),  # deviations, or why it could not be read
    Index(None, "digest", "received_at"),
    Index(None, "account", "received_at"),
)

commands = Table(
    "commands",  # idempotency: what a key did the first time it came
    metadata,
    Column("key", String(64), primary_key=True),
    Column("name", String(40), nullable=False),
    Column("user_id", Integer),
    Column("at", String(24), nullable=False),
    Column("result", Text, nullable=False),
)

signs_of_life = Table(
    "signs_of_life",  # processes and lines: the one thing that is overwritten, not logged, on every beat
    metadata,
    Column("name", String(60), primary_key=True),  # dispatcher, gateway, line:panels-tcp, web:1
    Column("at", String(24), nullable=False),
    Column("state", String(20), nullable=False),  # up | down | silent
    Column("detail", Text, nullable=False, server_default=""),
    Column("since", String(24), nullable=False, server_default=""),  # when this state began, without a gap since
)

# --- pictures ----------------------------------------------------------------------------------------------------

calls = Table(
    "calls",
    metadata,
    Column("id", String(20), primary_key=True),  # 20261121-0147, the day in the centre's zone
    Column("day", String(8), nullable=False),
    Column("number", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("stage", String(10), nullable=False),  # waiting | answered | on_hold | closed
    Column("priority", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("kinds", JSON, nullable=False),  # every signal kind heard in this call, in order of arrival
    Column("reason", Text, nullable=False),
    Column("source", String(20), nullable=False),  # pager | phone | walk_in …; pager once one was pressed
    Column("account", String(32), nullable=False),
    Column("home_id", Integer),
    Column("resident_id", Integer),
    Column("station_id", Integer),
    Column("community", String(40), nullable=False, server_default=""),
    Column("presses", Integer, nullable=False),
    Column("last_press_at", String(24)),
    Column("opened_at", String(24), nullable=False),
    Column("answered_at", String(24)),
    Column("holder_id", Integer),
    Column("holder_name", String(60)),
    Column("held_until", String(24)),
    Column("requested_at", String(24)),
    Column("offered_at", String(24)),
    Column("accepted_at", String(24)),
    Column("departed_at", String(24)),
    Column("arrived_at", String(24)),
    Column("finished_at", String(24)),
    Column("idle_since", String(24)),  # the last visit ended, or the call was reopened, and nothing has followed yet
    Column("closed_at", String(24)),
    Column("closed_by", String(60)),
    Column("outcome", String(40)),
    Column("evidence", String(40)),
    Column("nobody_left", Boolean, nullable=False),
    Column("restored", Boolean, nullable=False),  # the device itself says the condition ended
    Column("seen_version", Integer, nullable=False),  # the newest activity that must be seen before closing
    Column("late", JSON, nullable=False),  # steps missed: {step: seconds of the target}
    Column("carer_id", Integer),  # the carer this call is about: they asked for help for themselves
    Column("at_home_id", Integer),  # the home that carer was in; the call is not that home's
    Column("position", JSON),  # [latitude, longitude] of where they were when it was no home
    Column("service", JSON),  # of a booked visit: {booking, code, name, interruptible, skills, carers, slot_at}
    Column("rated", String(10), nullable=False, server_default=""),  # due | rated | no_reply; empty: nothing to rate
    Column("rating", Integer),  # 1 to 5, the newest
    Column("complaint", Boolean, nullable=False, server_default=text("false")),
    Column("owner_id", Integer),  # 首问责任制: who answered first, until somebody else has accepted the case
    Column("owner_name", String(60)),
    Column("owner_offer", JSON),  # {to_id, to_name, by, at, words} while it waits for an answer
    Column("emergency", JSON, nullable=False, server_default=text("'{}'")),  # see rules/emergency.py
    Column("emergency_due_at", String(24)),
    Column("responders", JSON, nullable=False, server_default=text("'{}'")),  # see rules/answering.py
    Column("help", JSON, nullable=False, server_default=text("'{}'")),  # who was asked together, see rules/answering.py
    Column("caller", String(32), nullable=False, server_default=""),  # the account an unknown caller is met by again
    Column("callers", JSON, nullable=False, server_default=text("'[]'")),  # who reported it, see rules/front_door.py
    Column("rung", JSON, nullable=False, server_default=text("'{}'")),  # each contact's tries, see rules/ring_round.py
    Column("expected_at", String(24)),  # when the first contact who said "I come" should be there
    Column("promise", Text, nullable=False, server_default=""),  # version and rules it is under: 3:0,2
    Column("tier", String(1), nullable=False, server_default=""),  # the risk tier when it was opened
    Column("pauses", JSON, nullable=False, server_default="[]"),  # [{from, until, to, reason}]
    Column("rang_at", String(24)),  # when it last began to ring again; null: only when it was opened
    Column("overflowed_at", String(24)),
    Column("overflow", Integer, nullable=False, server_default=text("0")),  # steps beyond the seats that were taken
    Column("unheard", Integer, nullable=False, server_default=text("0")),  # silences noted, one after the other
    Column("unheard_at", String(24)),
    Column("script", JSON, nullable=False, server_default=text("'{}'")),  # see rules/script.py
    Column("speech_due_at", String(24)),  # answered, and nobody heard clearly until then
    Column("said", Text, nullable=False, server_default=""),  # the person's own words, when it was closed
    Column("prealerted_id", Integer),  # the carer who is getting ready
    Column("by_hand", JSON),  # done while the centre was down, typed afterwards: {at, by, sent: [names], why}
    Column("taken_at", String(24)),  # since when the present holder has it; see rules/in_hand.py
    Column("taken_version", Integer, nullable=False, server_default=text("0")),
    Column("held_since", String(24)),
    Column("worked_at", String(24)),  # the last thing its holder did
    Column("idle", Integer, nullable=False, server_default=text("0")),  # steps of the alarm for an idle hand
    Column("idled_at", String(24)),  # the last of them
    Column("going", Boolean, nullable=False, server_default=text("false")),  # a visit runs: the hand may rest
    Column("transfer", JSON),
    Column("joined", JSON, nullable=False, server_default=text("'{}'")),
    Column("loss", JSON),
    Column("next_due_at", String(24)),
    Column("next_step", String(20)),
    Column("armed_at", String(24), nullable=False, server_default=""),  # when that deadline was set
    Index(None, "stage", "priority", "opened_at"),
    Index(None, "home_id", "stage"),
    Index(None, "account", "stage"),
    Index(None, "caller"),
    Index(None, "opened_at"),
    UniqueConstraint("day", "number"),
    Index(
        "ix_calls_due",
        "next_due_at",
        sqlite_where=text("next_due_at IS NOT NULL"),
        postgresql_where=text("next_due_at IS NOT NULL"),
    ),
)

ACTIVE_VISIT = "stage IN ('accepted','on_the_way','arrived')"

visits = Table(
    "visits",
    metadata,
    Column("id", String(24), primary_key=True),  # 20261121-0147.1
    Column("call_id", String(20), ForeignKey("calls.id"), nullable=False),
    # requested offered accepted on_the_way arrived finished cancelled interrupted
    Column("stage", String(12), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("home_id", Integer),
    Column("why", Text, nullable=False),
    Column("called_at", String(24), nullable=False),  # when the call was opened: the clock on the wall starts there
    Column("requested_at", String(24), nullable=False),
    Column("carer_id", Integer),
    Column("carer_name", String(60)),
    Column("eta_seconds", Integer),
    Column("reasons", JSON, nullable=False),
    Column("asked", JSON, nullable=False),  # [{carer_id, name, at, result, reason, round, rung, due_at, eta_seconds}]
    Column("offered_at", String(24)),
    Column("offer_due_at", String(24)),
    Column("accepted_at", String(24)),
    Column("departed_at", String(24)),
    Column("arrived_at", String(24)),
    Column("finished_at", String(24)),
    Column("ended_at", String(24)),
    Column("proof", String(20)),  # manual | gps | tag | pager
    Column("report", JSON),
    Column("retry_at", String(24)),  # when everyone is asked again after nobody was left
    Column("slot_at", String(24)),  # when a booked visit is to begin; before that nobody is late
    Column("late", JSON, nullable=False),
    Column("promise", Text, nullable=False, server_default=""),
    Column("pauses", JSON, nullable=False, server_default="[]"),
    Column("interruptible", Boolean, nullable=False, server_default=text("false")),
    Column("backs_up", String(24)),  # the visit whose carer was in doubt
    Column("ladder", JSON, nullable=False, server_default=text("'[]'")),  # [[after, who, at_once, channel]] as it began
    Column("round", Integer, nullable=False, server_default=text("1")),
    Column("rung", Integer, nullable=False, server_default=text("-1")),  # the last one climbed in this round
    Column("rung_due_at", String(24)),
    Column("gaps", JSON, nullable=False, server_default=text("'[]'")),  # steps that had nobody when it was armed
    Column("doubts", JSON, nullable=False, server_default=text("'{}'")),  # {doubt: since}, of the carer on the way
    Column("doubt_due_at", String(24)),
    Column("stay_seconds", Integer),  # how long a carer may be silent in this home
    Column("stay_due_at", String(24)),
    Column("stay_step", String(16)),  # what happens then: see dispatch/rules/stay.py
    Column("next_due_at", String(24)),
    Column("next_step", String(20)),
    Column("armed_at", String(24), nullable=False, server_default=""),  # when that deadline was set
    Index(None, "call_id"),
    Index(None, "home_id", "stage"),
    Index(None, "carer_id", "finished_at"),
    Index(
        "ix_visits_due",
        "next_due_at",
        sqlite_where=text("next_due_at IS NOT NULL"),
        postgresql_where=text("next_due_at IS NOT NULL"),
    ),
    # One active job per carer, kept by the database itself.
    Index(
        "uq_visits_active_carer",
        "carer_id",
        unique=True,
        sqlite_where=text(ACTIVE_VISIT),
        postgresql_where=text(ACTIVE_VISIT),
    ),
)

promises = Table(
    "promises",  # the versions of the service promises; version 0 is config.toml's
    metadata,
    Column("id", String(10), primary_key=True),  # the number as text
    Column("number", Integer, nullable=False),
    Column("at", String(24), nullable=False),
    Column("from_at", String(24), nullable=False),  # calls opened from then on are under it
    Column("by", String(60), nullable=False),
    Column("why", Text, nullable=False),
    Column("rules", JSON, nullable=False),  # see rules/promises.py
    UniqueConstraint("number"),
)

scripts = Table(
    "scripts",  # the versions of the scripts of the desk; version 0 is rules/default_scripts.py
    metadata,
    Column("id", String(10), primary_key=True),  # the number as text
    Column("number", Integer, nullable=False),
    Column("script", String(20), nullable=False),  # of which kind of signal
    Column("steps", JSON, nullable=False),  # see rules/scripts.py
    Column("at", String(24), nullable=False),
    Column("by", String(60), nullable=False),  # whose proposal it was
    Column("approved_by", String(60), nullable=False),
    Column("why", Text, nullable=False),
    UniqueConstraint("number"),
)

script_proposals = Table(
    "script_proposals",  # changes of a script that wait for a second person, and what became of them
    metadata,
    Column("id", String(10), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("stage", String(10), nullable=False),  # open | approved | rejected
    Column("script", String(20), nullable=False),
    Column("base", Integer, nullable=False),  # the version of this script that it changes
    Column("steps", JSON, nullable=False),
    Column("why", Text, nullable=False),
    Column("at", String(24), nullable=False),
    Column("by", String(60), nullable=False),
    Column("by_id", Integer, nullable=False),
    Column("decided_at", String(24)),
    Column("decided_by", String(60)),
    Column("words", Text, nullable=False),
    UniqueConstraint("number"),
    Index(None, "stage"),
)

own_steps = Table(
    "own_steps",  # what is asked besides whenever this resident calls
    metadata,
    Column("id", String(12), primary_key=True),  # the resident's id as text
    Column("resident_id", Integer, nullable=False),
    Column("home_id", Integer, nullable=False),
    Column("words", Text, nullable=False),  # as they were typed
    Column("steps", JSON, nullable=False),
    Column("at", String(24), nullable=False),
    Column("by", String(60), nullable=False),
)

tasks = Table(
    "tasks",  # what is still to be done after a case, by whom, until when
    metadata,
    Column("id", String(20), primary_key=True),  # 20261123-T001
    Column("day", String(8), nullable=False),
    Column("number", Integer, nullable=False),
    Column("stage", String(8), nullable=False),  # open | done
    Column("kind", String(16), nullable=False),  # call_back | check_door | tell_family | device | other
    Column("words", Text, nullable=False),
    Column("call_id", String(20)),
    Column("home_id", Integer),
    Column("owner_id", Integer),  # a person, or
    Column("owner_name", String(60), nullable=False),
    Column("role", String(16), nullable=False),  # whoever has this role; empty when a person owns it
    Column("made_at", String(24), nullable=False),
    Column("made_by", String(60), nullable=False),
    Column("due_at", String(24), nullable=False),
    Column("alarmed", Integer, nullable=False),  # 0 nobody, 1 the owner, 2 the supervisor
    Column("result", Text, nullable=False),
    Column("done_at", String(24)),
    Column("done_by", String(60)),
    Column("next_due_at", String(24)),
    Column("next_step", String(20)),
    Column("armed_at", String(24), nullable=False),
    UniqueConstraint("day", "number"),
    Index(None, "stage", "due_at"),
    Index(None, "call_id"),
    Index(
        "ix_tasks_due",
        "next_due_at",
        sqlite_where=text("next_due_at IS NOT NULL"),
        postgresql_where=text("next_due_at IS NOT NULL"),
    ),
)

journeys = Table(
    "journeys",  # what every arrival teaches of the time of arrival; ``odd`` says why one teaches nothing
    metadata,
    Column("id", String(24), primary_key=True),  # the visit
    Column("call_id", String(20), nullable=False),
    Column("seq", Number, nullable=False),
    Column("at", String(24), nullable=False),
    Column("station_id", Integer),
    Column("month", String(7), nullable=False),  # 2026-11, in the centre's zone
    Column("hour", Integer, nullable=False),
    Column("means", String(10), nullable=False),
    Column("by", String(10), nullable=False),  # who reckoned the road: detour | osrm | valhalla
    Column("road", Float, nullable=False),  # seconds on the road as reckoned, before anything learnt
    Column("turnout_expected", Float, nullable=False),
    Column("turnout_seconds", Float),
    Column("travel_seconds", Float),
    Column("skew", Float, nullable=False),
    Column("proof", String(20), nullable=False),
    Column("odd", String(16), nullable=False),
    Index(None, "seq"),
)

watches = Table(
    "watches",  # what the watch has said of a device; one that was never missed has no row
    metadata,
    Column("id", String(32), primary_key=True),  # the device's account
    Column("state", String(10), nullable=False),  # live | amber | silent | returned
    Column("misses", Integer, nullable=False),
    Column("silent_since", String(24), nullable=False),  # when it was last known to live
    Column("amber_at", String(24)),
    Column("silent_at", String(24)),
    Column("returned_at", String(24)),  # heard again, but no live test press yet
    Column("item_id", String(20)),  # the device item opened for it
    Column("welfare_id", String(20)),  # the welfare call opened for whoever lives there
    Index(
        "ix_watches_troubled",
        "state",
        sqlite_where=text("state <> 'live'"),
        postgresql_where=text("state <> 'live'"),
    ),
)

protection = Table(
    "protection",  # the times a home was doubtful or unprotected; between them it was protected
    metadata,
    Column("id", String(32), primary_key=True),  # 417.3: home and number
    Column("home_id", Integer, nullable=False),
    Column("station_id", Integer),
    Column("model", String(60), nullable=False),
    Column("account", String(32), nullable=False),  # the device that is the reason
    Column("persons", Integer, nullable=False),
    Column("status", String(12), nullable=False),  # doubtful | unprotected
    Column("reason", String(20), nullable=False),
    Column("reasons", JSON, nullable=False),  # every reason, the worst first
    Column("since", String(24), nullable=False),
    Column("until", String(24)),
    Index(None, "home_id", "since"),
    Index(None, "until"),
    Index(
        "ix_protection_running",
        "home_id",
        sqlite_where=text("until IS NULL"),
        postgresql_where=text("until IS NULL"),
    ),
)

incidents = Table(
    "incidents",  # many homes struck by one cause; the id is that of its one call in the queue
    metadata,
    Column("id", String(20), primary_key=True),
    Column("scope", String(12), nullable=False),  # gateway | line | district | community | building
    Column("place", String(120), nullable=False),
    Column("cause", String(12), nullable=False),  # silent | mains | centre
    Column("stage", String(8), nullable=False),  # open | over | ended
    Column("began_at", String(24), nullable=False),
    Column("over_at", String(24)),  # no cluster any more; who has not returned stays listed
    Column("ended_at", String(24)),
    Column("homes", JSON, nullable=False),  # {home id: {since, back_at, safe_at, safe_by, how}}
    Index(
        "ix_incidents_standing",
        "stage",
        sqlite_where=text("stage <> 'ended'"),
        postgresql_where=text("stage <> 'ended'"),
    ),
)

mass_events = Table(
    "mass_events",  # warnings by area: technical signals of theirs are shown as one row
    metadata,
    Column("id", String(20), primary_key=True),
    Column("level", String(8), nullable=False),  # watch | warning
    Column("cause", String(12), nullable=False),
    Column("areas", JSON, nullable=False),  # [[scope, place]]
    Column("kinds", JSON, nullable=False),  # technical kinds that fold
    Column("words", Text, nullable=False),
    Column("until", String(24), nullable=False),
    Column("incident_id", String(20), nullable=False),  # of the watch, which it was declared after; empty: none
    Column("begun_at", String(24), nullable=False),
    Column("begun_by", String(60), nullable=False),
    Column("reminded_at", String(24)),
    Column("ended_at", String(24)),
    Column("ended_by", String(60), nullable=False),
    Column("ended_why", String(8), nullable=False),  # said | expired
    Column("folded", JSON, nullable=False),  # what it held together, once it has ended
    Column("next_due_at", String(24)),
    Column("next_step", String(8)),
    Index(
        "ix_mass_events_standing",
        "begun_at",
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)

rollcalls = Table(
    "rollcalls",  # 点名: who is asked after, and by whom; what was found out is in rollcall_marks
    metadata,
    Column("id", String(20), primary_key=True),
    Column("drill", Boolean, nullable=False),
    Column("cause", String(12), nullable=False),
    Column("words", Text, nullable=False),
    Column("areas", JSON, nullable=False),
    Column("homes", JSON, nullable=False),  # [[home, station, tier, 1 when at high risk]], the highest risk first
    Column("shares", JSON, nullable=False),  # {home: carer}; the others are the operators'
    Column("mass_id", String(20), nullable=False),
    Column("begun_at", String(24), nullable=False),
    Column("begun_seq", Number, nullable=False),
    Column("begun_by", String(60), nullable=False),
    Column("looked", JSON, nullable=False),  # {target: {at, left}}
    Column("ended_at", String(24)),
    Column("ended_by", String(60), nullable=False),
    Column("ended_why", Text, nullable=False),
    Column("next_due_at", String(24)),
    Column("next_step", String(8)),
    Index(
        "ix_rollcalls_running",
        "begun_at",
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)

rollcall_marks = Table(
    "rollcall_marks",
    metadata,
    Column("id", String(32), primary_key=True),  # roll call:home
    Column("rollcall_id", String(20), nullable=False, index=True),
    Column("home_id", Integer, nullable=False),
    Column("state", String(12), nullable=False),  # left safe not_reached help in_case
    Column("how", String(12), nullable=False),
    Column("at", String(24)),  # when it happened
    Column("said_at", String(24)),  # when it was written down
    Column("said_by", String(60), nullable=False),
    Column("by_hand", Boolean, nullable=False),  # from paper
    Column("tries", Integer, nullable=False),
    Column("call_id", String(20)),
    Column("words", Text, nullable=False),
)

seats = Table(
    "seats",  # people at the desk: on duty, on a break, gone, lost; see rules/seats.py
    metadata,
    Column("id", String(20), primary_key=True),  # the user's number as text
    Column("user_id", Integer, nullable=False),
    Column("name", String(60), nullable=False),
    Column("role", String(12), nullable=False),
    Column("stage", String(8), nullable=False),  # on | break | off | lost
    Column("since", String(24), nullable=False),
    Column("why", String(20), nullable=False),
    Column("words", Text, nullable=False),
    Column("back_by", String(24)),  # when a break is to end
    Column("languages", JSON, nullable=False),  # ["zh", "bo"]
    Column("flood_since", String(24)),
    Column("version", Integer, nullable=False),
)

takes = Table(
    "takes",  # each time a person took a call into their hands
    metadata,
    Column("id", String(32), primary_key=True),  # 20261121-0147.3: call and version
    Column("user_id", Integer, nullable=False),
    Column("name", String(60), nullable=False),
    Column("call_id", String(20), nullable=False),
    Column("at", String(24), nullable=False),
    Column("waited", Float, nullable=False),  # seconds since it rang
    Column("how", String(20), nullable=False),  # CallAnswered | CallTakenOver | TransferAccepted
    Index(None, "at"),
)

seat_tabs = Table(
    "seat_tabs",  # no picture: when each open console was last heard, overwritten by the web processes
    metadata,
    Column("id", String(40), primary_key=True),
    Column("user_id", Integer, nullable=False),
    Column("web", String(60), nullable=False),  # which web process heard it, as in signs_of_life
    Column("sound", String(12), nullable=False),  # on | silenced | blocked | elsewhere
    Column("looking", String(20), nullable=False),  # the call that is open there
    Column("at", String(24), nullable=False),
    Column("gone", Boolean, nullable=False),  # it said that it closes
)

recalls = Table(
    "recalls",  # a fault of a whole model, firmware or batch: each device is checked until it is mended
    metadata,
    Column("id", String(20), primary_key=True),  # recall-3
    Column("reason", Text, nullable=False),
    Column("model", String(60), nullable=False),
    Column("firmware", String(40), nullable=False),
    Column("batch", String(40), nullable=False),
    Column("opened_at", String(24), nullable=False),
    Column("opened_by", String(60), nullable=False),
    Column("closed_at", String(24)),
    Column("devices", JSON, nullable=False),  # {account: {home_id, checks: [{at, by, how, words}], mended_at}}
)

bookings = Table(
    "bookings",  # one booked visit each; those of one repeated booking share their series
    metadata,
    Column("id", String(24), primary_key=True),  # 20261123-B007, the day it is for
    Column("version", Integer, nullable=False),
    Column("stage", String(12), nullable=False),  # booked planned due started done cancelled missed interrupted
    Column("series", String(24)),
    Column("service", String(20), nullable=False),  # its code; what it was when it was booked stands in terms
    Column("terms", JSON, nullable=False),  # {name, minutes, skills, carers, interruptible, price, subsidy}
    Column("home_id", Integer, nullable=False),
    Column("resident_id", Integer),
    Column("station_id", Integer),
    Column("day", String(10), nullable=False),  # 2026-11-23, in the centre's zone
    Column("from_at", String(24), nullable=False),  # the visit is to begin from here
    Column("until_at", String(24), nullable=False),  # to here
    Column("notes", Text, nullable=False),
    Column("source", String(20), nullable=False),  # phone | pager | walk_in | family | grid
    Column("from_call", String(20)),  # the call it was asked for in
    Column("owner_id", Integer),  # 首问: who took it down
    Column("owner_name", String(60), nullable=False),
    Column("made_at", String(24), nullable=False),
    Column("plan_at", String(24)),  # when it is to be put into a plan
    Column("remind_at", String(24)),  # when the resident is to be reminded
    Column("reminded_at", String(24)),
    Column("carer_told_at", String(24)),
    Column("carer_id", Integer),
    Column("carer_name", String(60)),
    Column("planned_at", String(24)),
    Column("travel_seconds", Integer),
    Column("unplanned", String(20), nullable=False),  # why it has no place in the plan
    Column("put_off_until", String(24)),
    Column("call_id", String(20)),
    Column("late_at", String(24)),
    Column("started_at", String(24)),
    Column("ended_at", String(24)),
    Column("ended_why", Text, nullable=False),
    Column("moved", Integer, nullable=False),  # how often it was put at another time
    Column("next_due_at", String(24)),
    Column("next_step", String(20)),
    Index(None, "day", "station_id"),
    Index(None, "home_id", "day"),
    Index(None, "call_id"),
    Index(None, "series"),
    Index(
        "ix_bookings_due",
        "next_due_at",
        sqlite_where=text("next_due_at IS NOT NULL"),
        postgresql_where=text("next_due_at IS NOT NULL"),
    ),
)

callbacks = Table(
    "callbacks",  # whom to ring, for what, until when, and what came of it
    metadata,
    Column("id", String(40), primary_key=True),  # rate:20261123-0147.1, moved:20261123-B007.1
    Column("purpose", String(10), nullable=False),  # rate | moved | late | remind
    Column("stage", String(8), nullable=False),  # open | done
    Column("call_id", String(20)),
    Column("booking_id", String(24)),
    Column("visit_id", String(24)),
    Column("home_id", Integer),
    Column("station_id", Integer),
    Column("service", String(20), nullable=False),  # code of the service; empty for an alarm
    Column("carer_id", Integer),
    Column("carer_name", String(60)),
    Column("owner_id", Integer),
    Column("owner_name", String(60), nullable=False),
    Column("why", JSON, nullable=False),  # what to tell: {from_at, until_at, ...} by purpose
    Column("asked_at", String(24), nullable=False),
    Column("from_at", String(24), nullable=False),  # not to be rung before
    Column("due_at", String(24), nullable=False),
    Column("tries", JSON, nullable=False),  # [{at, by, result, words}]
    Column("result", String(10)),  # rated | no_reply | told
    Column("rating", Integer),
    Column("words", Text, nullable=False),
    Column("done_at", String(24)),
    Column("done_by", String(60)),
    Column("late", Boolean, nullable=False),
    Column("complaint", String(20)),  # the call a low rating went to
    Column("next_due_at", String(24)),
    Column("next_step", String(20)),
    Index(None, "stage", "due_at"),
    Index(None, "call_id"),
    Index(None, "booking_id"),
    Index(None, "done_at"),
    Index(
        "ix_callbacks_due",
        "next_due_at",
        sqlite_where=text("next_due_at IS NOT NULL"),
        postgresql_where=text("next_due_at IS NOT NULL"),
    ),
)

talks = Table(
    "talks",  # telephone calls, as the exchange told them and as seats dialled them
    metadata,
    Column("id", String(40), primary_key=True),  # the exchange's, or o-… for one that a seat dialled
    Column("version", Integer, nullable=False),
    Column("direction", String(3), nullable=False),  # in | out
    Column("stage", String(10), nullable=False),  # ringing | talking | held | ended
    Column("number", String(40), nullable=False),  # the other side's; empty when hidden
    Column("line", String(30), nullable=False),  # what was dialled to reach us
    Column("extension", String(10), nullable=False),
    Column("user_id", Integer),
    Column("user_name", String(60), nullable=False),
    Column("call_id", String(20)),  # the case it belongs to
    Column("purpose", String(10), nullable=False),  # unit: into a home through its base unit
    Column("rang_at", String(24), nullable=False),
    Column("answered_at", String(24)),
    Column("ended_at", String(24)),
    Column("cause", String(20), nullable=False),  # see rules/telephony.py
    Column("missed", Boolean, nullable=False),
    Column("claimed_id", Integer),
    Column("claimed_name", String(60), nullable=False),
    Column("claimed_at", String(24)),
    Column("third", String(40), nullable=False),  # the number of the third party
    Column("recording", String(120), nullable=False),  # a reference only: the voices stay with the exchange
    Column("refused", String(20), nullable=False),  # why the last order could not be carried out
    Index(None, "call_id"),
    Index(None, "rang_at"),
    Index(None, "stage"),
)

# --- welfare: rounds, absences, the daily sign, reminders, tiers -----------------------------------------------------

round_plans = Table(
    "round_plans",  # who is to be rung when, as a supervisor laid it down
    metadata,
    Column("id", String(24), primary_key=True),  # friday, plan-7
    Column("kind", String(12), nullable=False),  # see rules/round_plans.py
    Column("name", String(60), nullable=False),
    Column(
        "whom", JSON, nullable=False
    ),  # {min_age, tiers, alone, stations, communities, dead, outage, quiet_days, residents}
    Column("every", String(10), nullable=False),  # once | weekly | days | birthday | released
    Column("step", Integer, nullable=False),  # the weekday (Monday is 0), or every so many days
    Column("day", String(10), nullable=False),  # of one that runs once: 2026-12-01
    Column("minute", Integer, nullable=False),  # of the day, local: when the round begins
    Column("script", Text, nullable=False),  # what to ask
    Column("tries", Integer, nullable=False),  # before contacts are rung
    Column("days", Integer, nullable=False),  # within which everybody is to be reached
    Column("active", Boolean, nullable=False),
    Column("made_by", String(60), nullable=False),
    Column("changed_at", String(24), nullable=False),
    Column("next_due_at", String(24)),
    Column("next_step", String(12)),
    Column("armed_at", String(24), nullable=False, server_default=""),
    Index(
        "ix_round_plans_due",
        "next_due_at",
        sqlite_where=text("next_due_at IS NOT NULL"),
        postgresql_where=text("next_due_at IS NOT NULL"),
    ),
)

rounds = Table(
    "rounds",  # one run of a plan; days of the clock's own have no plan
    metadata,
    Column("id", String(32), primary_key=True),  # friday-20261127
    Column("plan_id", String(24)),
    Column("kind", String(12), nullable=False),
    Column("name", String(60), nullable=False),
    Column("script", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("stage", String(8), nullable=False),  # open | done | stopped
    Column("began_at", String(24), nullable=False),
    Column("began_by", String(60), nullable=False),
    Column("ends_at", String(24), nullable=False),  # everybody is to have been reached by then
    Column("left", JSON, nullable=False),  # residents who have not been put on the list yet
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("counts", JSON, nullable=False),  # {result: how many}
    Column("late", Boolean, nullable=False),
    Column("ended_at", String(24)),
    Column("next_due_at", String(24)),
    Column("next_step", String(12)),
    Column("armed_at", String(24), nullable=False, server_default=""),
    Index(None, "stage"),
    Index(
        "ix_rounds_due",
        "next_due_at",
        sqlite_where=text("next_due_at IS NOT NULL"),
        postgresql_where=text("next_due_at IS NOT NULL"),
    ),
)

round_calls = Table(
    "round_calls",  # one person to be rung in a round, and what came of it
    metadata,
    Column("id", String(48), primary_key=True),  # friday-20261127.417
    Column("round_id", String(32), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("resident_id", Integer, nullable=False),
    Column("home_id", Integer, nullable=False),
    Column("station_id", Integer),
    Column("tier", String(1), nullable=False),
    Column("age", Integer),
    Column("closely", Boolean, nullable=False),  # whose silence sends somebody
    Column("urgent", Boolean, nullable=False),  # not only by day, and not a day later
    Column("best_hour", Integer),  # when this person was reached before
    Column("why", JSON, nullable=False),  # what else must be known: {absence, until}
    Column("stage", String(8), nullable=False),  # open | done
    Column("step", String(8), nullable=False),  # ring | contact
    Column("from_at", String(24), nullable=False),  # not to be rung before
    Column("due_at", String(24)),  # of an urgent one: then it becomes a case by itself
    Column("tries", JSON, nullable=False),  # [{at, by, result, words}]
    Column("holder_id", Integer),
    Column("holder_name", String(60)),
    Column("held_since", String(24)),
    Column("held_until", String(24)),  # after that it is everybody's again
    Column("result", String(12)),
    Column("words", Text, nullable=False),
    Column("done_at", String(24)),
    Column("done_by", String(60)),
    Column("case_id", String(20)),
    Column("wrong_number", Boolean, nullable=False),
    Column("next_due_at", String(24)),
    Column("next_step", String(12)),
    Column("armed_at", String(24), nullable=False, server_default=""),
    Index(None, "round_id", "stage"),
    Index(None, "resident_id", "stage"),
    Index(None, "stage", "from_at"),
    Index(
        "ix_round_calls_due",
        "next_due_at",
        sqlite_where=text("next_due_at IS NOT NULL"),
        postgresql_where=text("next_due_at IS NOT NULL"),
    ),
)

absences = Table(
    "absences",  # who is away, since when, until when at most
    metadata,
    Column("id", String(24), primary_key=True),  # 417.2: home and number
    Column("home_id", Integer, nullable=False),
    Column("resident_id", Integer, nullable=False),
    Column("kind", String(10), nullable=False),  # hospital | travel | family | care_home | other
    Column("told_by", String(60), nullable=False),
    Column("words", Text, nullable=False),
    Column("stage", String(8), nullable=False),  # on | ended
    Column("from_at", String(24), nullable=False),
    Column("until_at", String(24), nullable=False),
    Column("set_by", String(60), nullable=False),
    Column("asked", Integer, nullable=False),  # how often it was prolonged
    Column("reminded_at", String(24)),
    Column("ended_at", String(24)),
    Column("ended_by", String(60)),
    Column("ended_why", String(12), nullable=False),  # due | back | changed
    Column("next_due_at", String(24)),
    Column("next_step", String(12)),
    Column("armed_at", String(24), nullable=False, server_default=""),
    Index(None, "resident_id", "stage"),
    Index(None, "stage", "until_at"),
    Index(
        "ix_absences_due",
        "next_due_at",
        sqlite_where=text("next_due_at IS NOT NULL"),
        postgresql_where=text("next_due_at IS NOT NULL"),
    ),
)

ok_checks = Table(
    "ok_checks",  # who says every day that all is well; only the silent are rung
    metadata,
    Column("id", String(12), primary_key=True),  # the resident's number
    Column("home_id", Integer, nullable=False),
    Column("from_minute", Integer, nullable=False),
    Column("until_minute", Integer, nullable=False),  # of the day, local
    Column("active", Boolean, nullable=False),
    Column("since", String(24), nullable=False),
    Column("made_by", String(60), nullable=False),
    Column("heard_at", String(24)),
    Column("heard_how", String(12), nullable=False),  # press | spoke | seen
    Column("silent_at", String(24)),
    Column("next_due_at", String(24)),
    Column("next_step", String(12)),
    Column("armed_at", String(24), nullable=False, server_default=""),
    Index(
        "ix_ok_checks_due",
        "next_due_at",
        sqlite_where=text("next_due_at IS NOT NULL"),
        postgresql_where=text("next_due_at IS NOT NULL"),
    ),
)

reminders = Table(
    "reminders",  # what a resident is reminded of, and whether they said yes
    metadata,
    Column("id", String(24), primary_key=True),
    Column("resident_id", Integer, nullable=False),
    Column("home_id", Integer, nullable=False),
    Column("kind", String(12), nullable=False),  # medicine | visit | appointment
    Column("words", String(200), nullable=False),
    Column("minutes", JSON, nullable=False),  # of the day, local
    Column("day", String(10), nullable=False),  # of one that comes once; empty: every day
    Column("active", Boolean, nullable=False),
    Column("made_by", String(60), nullable=False),
    Column("told_at", String(24)),  # and not confirmed yet
    Column("misses", Integer, nullable=False),  # not confirmed, one after the other
    Column("confirmed_at", String(24)),
    Column("next_due_at", String(24)),
    Column("next_step", String(12)),
    Column("armed_at", String(24), nullable=False, server_default=""),
    Index(None, "resident_id"),
    Index(
        "ix_reminders_due",
        "next_due_at",
        sqlite_where=text("next_due_at IS NOT NULL"),
        postgresql_where=text("next_due_at IS NOT NULL"),
    ),
)

tier_decisions = Table(
    "tier_decisions",  # what a person decided about somebody's risk tier, with what spoke for it
    metadata,
    Column("id", String(24), primary_key=True),  # 417.2: resident and number
    Column("resident_id", Integer, nullable=False),
    Column("at", String(24), nullable=False),
    Column("decided_by", String(60), nullable=False),
    Column("before", String(1), nullable=False),
    Column("after", String(1), nullable=False),
    Column("proposed", String(1), nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("words", Text, nullable=False),
    Index(None, "resident_id", "at"),
)

# --- people and things -------------------------------------------------------------------------------------------

stations = Table(
    "stations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(20), nullable=False, unique=True),
    Column("name", String(80), nullable=False),
    Column("name_en", String(80), nullable=False, server_default=""),
    Column("community", String(40), nullable=False, server_default=""),
    Column("phone", String(30), nullable=False, server_default=""),
    Column("latitude", Float, nullable=False),
    Column("longitude", Float, nullable=False),
)

homes = Table(
    "homes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(20), nullable=False, unique=True),
    Column("station_id", Integer, ForeignKey("stations.id")),
    Column("district", String(40), nullable=False, server_default=""),
    Column("street", String(40), nullable=False, server_default=""),
    Column("community", String(40), nullable=False, server_default=""),
    Column("grid", String(40), nullable=False, server_default=""),
    Column("address", String(200), nullable=False),
    Column("building", String(40), nullable=False, server_default=""),
    Column("unit", String(20), nullable=False, server_default=""),
    Column("door", String(20), nullable=False, server_default=""),
    Column("floor", Integer),
    Column("lift", Boolean),
    Column("phone", String(30), nullable=False, server_default=""),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("way_in", Text, nullable=False, server_default=""),  # gate, entrance, dog
    Column("door_code", String(60), nullable=False, server_default=""),
    Column("key_holder", String(120), nullable=False, server_default=""),
    Column("key_safe", Boolean, nullable=False, server_default=text("false")),
    Column("access_checked_at", String(24)),  # somebody stood there and tried the way in
    Column("access_checked_by", String(60), nullable=False, server_default=""),
    Column("access_fault", Text, nullable=False, server_default=""),  # what did not work then; empty: it did
)

residents = Table(
    "residents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(20), nullable=False, unique=True),
    Column("home_id", Integer, ForeignKey("homes.id"), nullable=False, index=True),
    Column("name", String(60), nullable=False),
    Column("pinyin", String(80), nullable=False, server_default=""),
    Column("sex", String(1), nullable=False, server_default=""),  # F M
    Column("born", String(10), nullable=False, server_default=""),  # 1943 or 1943-05-01
    Column("phone", String(30), nullable=False, server_default=""),
    Column("language", String(20), nullable=False, server_default="zh"),  # zh qinghai bo (Amdo) mjg (Tu) slr (Salar)
    Column("tier", String(1), nullable=False, server_default="C"),  # A highest risk, B, C
    Column("lives_alone", Boolean, nullable=False, server_default=text("false")),
    Column("diet", String(20), nullable=False, server_default=""),
    Column("carer_sex", String(1), nullable=False, server_default=""),  # wished for intimate care
    Column("away_until", String(24)),
    Column("notes", Text, nullable=False, server_default=""),
)

health_notes = Table(
    "health_notes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("resident_id", Integer, ForeignKey("residents.id"), nullable=False, index=True),
    Column("text", String(200), nullable=False),
    Column("critical", Boolean, nullable=False, server_default=text("false")),
    Column("kind", String(10), nullable=False, server_default=""),  # medicine | allergy; empty: an illness
)

contacts = Table(
    "contacts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("resident_id", Integer, ForeignKey("residents.id"), nullable=False, index=True),
    Column("rank", Integer, nullable=False),
    Column("name", String(60), nullable=False),
    Column("relation", String(30), nullable=False, server_default=""),
    Column("phone", String(30), nullable=False),
    Column("reachable", String(60), nullable=False, server_default=""),  # "18:00-22:00", "" is always
    Column("minutes_away", Integer),
    Column("has_key", Boolean, nullable=False, server_default=text("false")),
    Column("wants_notices", Boolean, nullable=False, server_default=text("false")),  # consents to hear of each case
)

contact_numbers = Table(
    "contact_numbers",  # what is known of a number somebody may be rung under, whoever's it is said to be
    metadata,
    Column("id", String(40), primary_key=True),  # its digits
    Column("tries", Integer, nullable=False),
    Column("failures", Integer, nullable=False),  # in a row
    Column("tried_at", String(24)),
    Column("result", String(16), nullable=False),  # of the last try
    Column("reached_at", String(24)),
    Column("doubtful_at", String(24)),
    Column("why", String(16), nullable=False),  # wrong_number | unreached
    Column("confirmed_at", String(24)),
    Column("confirmed_by", String(60), nullable=False),
)

personal_links = Table(
    "personal_links",  # of grid workers, reporters and families; the token itself stands only in the link
    metadata,
    Column("digest", String(64), primary_key=True),  # sha256 of the token
    Column("purpose", String(8), nullable=False),  # grid | web | family
    Column("person", String(60), nullable=False),
    Column("phone", String(30), nullable=False),
    Column("home_id", Integer, ForeignKey("homes.id")),  # of whom it tells, or whom it is about
    Column("community", String(40), nullable=False),  # where a grid worker works
    Column("made_at", String(24), nullable=False, index=True),
    Column("made_by", String(60), nullable=False),
    Column("expires_at", String(24), nullable=False),
    Column("revoked_at", String(24)),
    Column("used_at", String(24)),
)

device_models = Table(
    "device_models",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(60), nullable=False, unique=True),
    Column("keys", JSON, nullable=False),  # zone or key number as sent -> Kind, e.g. {"2": "service"}
    Column("heartbeat_seconds", Integer, nullable=False, server_default=text("300")),
    Column("grace_seconds", Integer, nullable=False, server_default=text("60")),
    Column("battery_hours", Integer, nullable=False, server_default=text("24")),  # without mains
    Column("test_days", Integer, nullable=False, server_default=text("30")),  # a live press this often; 0 none asked
)

devices = Table(
    "devices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String(32), nullable=False, unique=True),
    Column("home_id", Integer, ForeignKey("homes.id"), index=True),
    Column("model_id", Integer, ForeignKey("device_models.id")),
    Column("pager", String(40), nullable=False, server_default=""),  # the number on the pager worn by the resident
    Column("key_hex", String(64), nullable=False, server_default=""),
    Column("installed_at", String(24)),
    Column("last_heard_at", String(24)),
    Column("last_press_at", String(24)),
    Column("last_test_at", String(24)),
    Column("battery_low", Boolean, nullable=False, server_default=text("false")),
    Column("mains_lost", Boolean, nullable=False, server_default=text("false")),
    Column("mains_lost_at", String(24)),
    Column("battery_percent", Integer),
    Column("position_latitude", Float),
    Column("position_longitude", Float),
    Column("position_at", String(24)),
    Column("fault", String(20), nullable=False, server_default=""),  # the kind it reported and has not restored
    Column("pager_lost", Boolean, nullable=False, server_default=text("false")),
    Column("pager_battery_low", Boolean, nullable=False, server_default=text("false")),
    Column("pager_heard_at", String(24)),
    Column("last_full_test_at", String(24)),  # a live press, from the pager through to us
    Column("line", String(40), nullable=False, server_default=""),  # the line it was last heard on
    Column("serial_number", String(60), nullable=False, server_default=""),
    Column("firmware", String(40), nullable=False, server_default=""),
    Column("batch", String(40), nullable=False, server_default=""),
    Column("sip_password", String(120), nullable=False, server_default=""),
    Column("accepted_at", String(24)),  # its live test press was seen and signed: installed
    Column("accepted_by", String(60), nullable=False, server_default=""),
    Column("loan_account", String(32), nullable=False, server_default=""),  # the unit that stands in while it is mended
    Column("frames", Integer, nullable=False, server_default=text("0")),
    Column("retransmissions", Integer, nullable=False, server_default=text("0")),
    Column("gaps", Integer, nullable=False, server_default=text("0")),  # sequence numbers that never arrived
    Column("last_sequence", Integer),
    Column("next_look_at", String(24), nullable=False, server_default=""),  # when the watch looks at it again
    Index(None, "next_look_at"),
    Index(
        "ix_devices_without_mains",
        "mains_lost",
        sqlite_where=text("mains_lost"),
        postgresql_where=text("mains_lost"),
    ),
)

device_days = Table(
    "device_days",  # one line a device and day with traffic: its trend
    metadata,
    Column("account", String(32), primary_key=True),
    Column("day", String(10), primary_key=True),  # 2026-11-23, in the centre's zone
    Column("battery_percent", Integer),  # the lowest of the day
    Column("frames", Integer, nullable=False, server_default=text("0")),
    Column("retransmissions", Integer, nullable=False, server_default=text("0")),
    Column("gaps", Integer, nullable=False, server_default=text("0")),
)

services = Table(
    "services",  # the catalogue of what can be booked
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(20), nullable=False, unique=True),
    Column("name", String(40), nullable=False),
    Column("name_en", String(60), nullable=False, server_default=""),
    Column("minutes", Integer, nullable=False, server_default=text("60")),
    Column("skills", JSON, nullable=False),  # what the carer must be able to do
    Column("carers", Integer, nullable=False, server_default=text("1")),
    Column("interruptible", Boolean, nullable=False, server_default=text("true")),  # not bathing, lifting, feeding
    Column("price", Integer, nullable=False, server_default=text("0")),  # 元 a visit
    Column("subsidy", Integer, nullable=False, server_default=text("0")),  # 元 of it that the district pays
    Column("within_hours", Integer, nullable=False, server_default=text("48")),  # its own promise: how soon
    Column("outcomes", JSON, nullable=False),  # how it may end: codes of rules/call.OUTCOMES
    Column("active", Boolean, nullable=False, server_default=text("true")),
)

responders = Table(
    "responders",  # people of the neighbourhood who may be asked to look after somebody until a carer is there
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(20), nullable=False, unique=True),
    Column("station_id", Integer, ForeignKey("stations.id")),
    Column("community", String(40), nullable=False, server_default=""),
    Column("grid", String(40), nullable=False, server_default=""),
    Column("kind", String(12), nullable=False),  # grid_leader party_member volunteer neighbour key_holder
    Column("home_id", Integer, ForeignKey("homes.id"), index=True),  # whose key a key holder has
    Column("name", String(60), nullable=False),
    Column("phone", String(30), nullable=False),
    Column("languages", JSON, nullable=False),
    Column("reachable", String(60), nullable=False, server_default=""),  # "08:00-22:00", "" is always
    Column("latitude", Float),
    Column("longitude", Float),
    Column("consent", Boolean, nullable=False, server_default=text("false")),  # agreed to be asked
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Index(None, "community", "grid"),
)

responder_links = Table(
    "responder_links",  # one for each message; the token itself stands only in the message
    metadata,
    Column("digest", String(64), primary_key=True),  # sha256 of the token
    Column("call_id", String(20), ForeignKey("calls.id"), nullable=False, index=True),
    Column("role", String(12), nullable=False),  # responder | contact
    Column("person_id", Integer, nullable=False),
    Column("made_at", String(24), nullable=False),
    Column("revoked_at", String(24)),
)

carers = Table(
    "carers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(20), nullable=False, unique=True),
    Column("station_id", Integer, ForeignKey("stations.id"), nullable=False),
    Column("name", String(60), nullable=False),
    Column("sex", String(1), nullable=False, server_default=""),
    Column("phone", String(30), nullable=False, server_default=""),
    Column("skills", JSON, nullable=False),  # ["lift", "nursing", "bath"]
    Column("languages", JSON, nullable=False),  # ["zh", "qinghai", "bo"]
    Column("travel", String(10), nullable=False, server_default="e_bike"),  # walk e_bike car
    Column("post", String(1), nullable=False, server_default="A"),  # A or B post of the station
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("latitude", Float),  # last position the phone told, only while on shift
    Column("longitude", Float),
    Column("position_at", String(24)),
    Column("seen_at", String(24)),  # last time the phone page spoke to us
    Column(
        "position_consent", String(24)
    ),  # when they agreed that their position is kept while on duty; none: it is not
)

door_tags = Table(
    "door_tags",  # a QR code or an NFC tag inside a home's door; the token itself is printed once
    metadata,
    Column("id", Integer, primary_key=True),
    Column("home_id", Integer, ForeignKey("homes.id"), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),  # sha256 of the token
    Column("made_at", String(24), nullable=False),
    Column("made_by", String(60), nullable=False),
    Column("revoked_at", String(24)),
    Column("revoked_by", String(60)),
    Index(None, "home_id"),
)

photos = Table(
    "photos",  # what a carer photographed on a visit; the picture is a file under data_dir
    metadata,
    Column("id", Integer, primary_key=True),
    Column("call_id", String(20), nullable=False),
    Column("visit_id", String(24), nullable=False),
    Column("carer_id", Integer, nullable=False),
    Column("file", String(40), nullable=False),  # a random name: nobody guesses it, and it says nothing
    Column("bytes", Integer, nullable=False),
    Column("added_at", String(24), nullable=False),
    Column("deleted_at", String(24)),
    Column("deleted_by", String(60)),
    Index(None, "call_id"),
)

ties = Table(
    "ties",  # between a carer and a home
    metadata,
    Column("id", Integer, primary_key=True),
    Column("home_id", Integer, ForeignKey("homes.id"), nullable=False),
    Column("carer_id", Integer, ForeignKey("carers.id"), nullable=False, index=True),
    Column("tie", String(12), nullable=False),  # A B: named for it | conflict ban allergy infection: not to go there
    Column("note", String(200), nullable=False, server_default=""),
    UniqueConstraint("home_id", "carer_id"),
)

shifts = Table(
    "shifts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("carer_id", Integer, ForeignKey("carers.id"), nullable=False),
    Column("starts_at", String(24), nullable=False),
    Column("ends_at", String(24), nullable=False),
    Column("post", String(1), nullable=False, server_default="A"),
    Column("station_id", Integer, ForeignKey("stations.id")),  # helped out at; none: the carer's own
    Index(None, "carer_id", "starts_at"),
    Index(None, "ends_at"),
)

stand_bys = Table(
    "stand_bys",  # may be called in when nobody is left; not on shift until then
    metadata,
    Column("id", Integer, primary_key=True),
    Column("carer_id", Integer, ForeignKey("carers.id"), nullable=False),
    Column("starts_at", String(24), nullable=False),
    Column("ends_at", String(24), nullable=False),
    Index(None, "ends_at"),
)

posts = Table(
    "posts",  # AB岗制: each duty of a station has two names, of which one is always there
    metadata,
    Column("id", Integer, primary_key=True),
    Column("station_id", Integer, ForeignKey("stations.id"), nullable=False),
    Column("name", String(60), nullable=False),
    Column("a_id", Integer, ForeignKey("carers.id"), nullable=False),
    Column("b_id", Integer, ForeignKey("carers.id"), nullable=False),
    UniqueConstraint("station_id", "name"),
)

officers = Table(
    "officers",  # who may be duty officer (值班负责人)
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(20), nullable=False, unique=True),
    Column("name", String(60), nullable=False),
    Column("phone", String(30), nullable=False, server_default=""),
    Column("active", Boolean, nullable=False, server_default=text("true")),
)

duties = Table(
    "duties",  # which officer leads when
    metadata,
    Column("id", Integer, primary_key=True),
    Column("officer_id", Integer, ForeignKey("officers.id"), nullable=False),
    Column("starts_at", String(24), nullable=False, unique=True),
    Column("ends_at", String(24), nullable=False),
    Index(None, "ends_at"),
)

calendar_days = Table(
    "calendar_days",  # the official table of a year: once one of its days is here, only this counts for that year
    metadata,
    Column("id", Integer, primary_key=True),
    Column("day", String(10), nullable=False, unique=True),
    Column("kind", String(10), nullable=False),  # holiday workday
    Column("name", String(40), nullable=False, server_default=""),
)

breaks = Table(
    "breaks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("carer_id", Integer, ForeignKey("carers.id"), nullable=False),
    Column("starts_at", String(24), nullable=False),
    Column("ends_at", String(24), nullable=False),
    Index(None, "ends_at"),
)

roster_drafts = Table(
    "roster_drafts",  # a month of one station as somebody has typed it, or of the duty officers; paper, not a fact
    metadata,
    Column("id", String(32), primary_key=True),  # 2026-12:ST1
    Column("month", String(7), nullable=False, index=True),
    Column("sheet", String(20), nullable=False),  # the station's code, or "officers"
    Column("cells", JSON, nullable=False),  # {"C01": {"2026-12-01": "E"}}
    Column("version", Integer, nullable=False),
    Column("saved_at", String(24), nullable=False),
    Column("saved_by", String(60), nullable=False),
    Column("published_at", String(24)),  # since then the shifts are the truth, and only days off are read here
)

users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("login", String(40), nullable=False, unique=True),
    Column("name", String(60), nullable=False),
    Column("role", String(12), nullable=False),  # operator carer head supervisor admin
    Column("password_hash", String(200), nullable=False),
    Column("carer_id", Integer, ForeignKey("carers.id")),
    Column("station_id", Integer, ForeignKey("stations.id")),
    Column("language", String(8), nullable=False, server_default="zh_CN"),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("phone", String(30), nullable=False, server_default=""),  # where messages to this user go
    Column("extension", String(10), nullable=False, server_default=""),  # the telephone of the seat they sit at
    Column("session_epoch", Integer, nullable=False, server_default=text("0")),  # raised to end every session
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(60), nullable=False, unique=True),
    Column("digest", String(64), nullable=False, unique=True),  # sha256 of the token; the token itself is shown once
    Column("role", String(12), nullable=False),
    Column("created_at", String(24), nullable=False),
    Column("active", Boolean, nullable=False, server_default=text("true")),
)

# --- messages to people: an outbox, not a picture; what became of each is in the log ------------------------------

notices = Table(
    "notices",
    metadata,
    Column("id", Number, primary_key=True),
    Column("code", String(16), nullable=False, unique=True),  # of its short link
    Column("about", Number, nullable=False),  # the event that is told
    Column("stream", String(80), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("visit", String(24), nullable=False, server_default=""),
    Column("priority", Integer, nullable=False),
    Column("audience", String(20), nullable=False),
    Column("role", String(20), nullable=False),
    Column("to_id", String(60), nullable=False),
    Column("to_name", String(60), nullable=False),
    Column("phone", String(30), nullable=False),
    Column("words", Text, nullable=False),
    Column("channels", String(20), nullable=False),  # the order of channels, see dispatch/rules/notices.py
    Column("step", Integer, nullable=False),  # how many steps of it have begun
    Column("level", Integer, nullable=False),  # how far it has come: 1 sent, 2 delivered, 3 read
    Column("made_at", String(24), nullable=False),
    Column("next_at", String(24), nullable=False),
    Column("stale_at", String(24), nullable=False),  # too late to be told after this
    Column("read_at", String(24)),
    Column("state", String(12), nullable=False),  # open | over | unread | undelivered | moot | expired
    UniqueConstraint("about", "role", "to_id"),
    Index(None, "visit"),
    Index(None, "stream"),
    Index(None, "made_at"),
    Index("ix_notices_due", "next_at", sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
)

UNDECIDED = "state IN ('due','sending')"

deliveries = Table(
    "deliveries",  # attempts: one message by one channel, written down before it is made
    metadata,
    Column("id", Number, primary_key=True),
    Column("notice_id", Number, ForeignKey("notices.id"), nullable=False),
    Column("step", Integer, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("channel", String(30), nullable=False),
    Column("address", String(30), nullable=False),  # the number, or empty
    Column("reference", String(40), nullable=False, unique=True),
    Column("state", String(10), nullable=False),  # due | sending | sent | delivered | read | failed | dropped
    Column("due_at", String(24), nullable=False),
    Column("at", String(24)),  # when it was handed to the channel; empty when it never was
    Column("lease_until", String(24)),
    Column("done_at", String(24)),
    Column("reason", String(12), nullable=False, server_default=""),  # quota | busy | unknown | refused
    Column("error", Text, nullable=False),
    UniqueConstraint("notice_id", "step", "channel"),
    Index(None, "channel", "at"),
    Index(None, "done_at"),
    Index("ix_deliveries_undecided", "state", sqlite_where=text(UNDECIDED), postgresql_where=text(UNDECIDED)),
)

push_subscriptions = Table(
    "push_subscriptions",  # browsers that take web push
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", Integer, ForeignKey("users.id"), nullable=False, index=True),
    Column("endpoint", Text, nullable=False, unique=True),
    Column("p256dh", String(120), nullable=False),
    Column("auth", String(60), nullable=False),
    Column("added_at", String(24), nullable=False),
)
