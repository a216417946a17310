"""An Event is one fact, appended once, in order: the log of them is the bus everything follows."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

Body = dict[str, Any]
Row = dict[str, Any]

# Every kind of fact there is. The lives in ``call.py`` and ``dispatch/rules/visit.py`` say when each may happen.
KINDS = frozenset(
    [
        "CallOpened",
        "CaseEntered",
        "DoneByHand",
        "PressRepeated",
        "SignalJoined",
        "CallRungAgain",
        "CallAnswered",
        "CallHeld",
        "CallResumed",
        "NoteAdded",
        "HomeFound",
        "CallClosed",
        "CallReopened",
        "CallTakenOver",
        "CallGivenBack",
        "TransferOffered",
        "TransferRungAgain",
        "TransferDeclined",
        "TransferEnded",
        "TransferAccepted",
        "CallJoined",
        "CallLeft",
        "CallIdle",
        "CallAttended",
        "LossSeen",
        "SeatSignedOn",
        "SeatOnBreak",
        "SeatSignedOff",
        "SeatLost",
        "SeatBack",
        "SeatSkills",
        "FloodBegan",
        "FloodEnded",
        "NobodyListens",
        "SomebodyListens",
        "ClockPaused",
        "ClockResumed",
        "DeadlineMissed",
        "NobodyHeard",
        "VoiceHeard",
        "StepAnswered",
        "CallOverflowed",
        "CallRaised",
        "CarerPrealerted",
        "VisitRequested",
        "LadderHasGaps",
        "RungClimbed",
        "HelpAsked",
        "VisitPostponed",
        "VisitOffered",
        "OfferDeclined",
        "OfferExpired",
        "OfferWithdrawn",
        "VisitAccepted",
        "CarerInDoubt",
        "CarerDeparted",
        "DepartureUndone",
        "CarerArrived",
        "ArrivalUndone",
        "ArrivalProved",
        "HelpNeeded",
        "CarerCheckedIn",
        "CarerOverdue",
        "PhoneClockOff",
        "PhotoAdded",
        "PhotoDeleted",
        "VisitFinished",
        "VisitCancelled",
        "VisitInterrupted",
        "VisitRaised",
        "VisitRedirected",
        "NobodyLeft",
        "BookingMade",
        "BookingPlanned",
        "BookingUnplanned",
        "BookingReminded",
        "BookingPutOff",
        "BookingOpened",
        "BookingLate",
        "BookingStarted",
        "BookingDone",
        "BookingCancelled",
        "BookingMissed",
        "BookingInterrupted",
        "BookingMoved",
        "CallBackDue",
        "CallBackTried",
        "CallBackRated",
        "CallBackDone",
        "CallBackMissed",
        "ComplaintRaised",
        "ServiceChanged",
        "ResponderAnswered",
        "ResponderArrived",
        "ResponderReported",
        "ContactTried",
        "NumberTried",
        "NumberConfirmed",
        "LinkMade",
        "LinkRevoked",
        "EmergencyAssessed",
        "EmergencyCalled",
        "EmergencyChased",
        "CrewArrived",
        "EmergencyStoodDown",
        "EmergencyRefused",
        "CrewToBeMet",
        "OwnerOffered",
        "OwnerHandedOver",
        "OwnerKept",
        "NoticeSent",
        "NoticeDelivered",
        "NoticeRead",
        "NoticeFailed",
        "NoticeAsked",
        "NoticesExpired",
        "OperatorAskedToTell",
        "DeviceTested",
        "DeviceReported",
        "DeviceOrdered",
        "DeviceToldOrder",
        "DeviceObeyed",
        "OrderNotDelivered",
        "DeviceMissed",
        "DeviceLost",
        "DeviceReturned",
        "DeviceRecovered",
        "WatchRaised",
        "InstallationSigned",
        "DeviceLent",
        "TestReminded",
        "ProtectionLost",
        "ProtectionBack",
        "IncidentBegan",
        "IncidentGrew",
        "HomesReturned",
        "HomeSafe",
        "IncidentOver",
        "IncidentEnded",
        "MassEventDeclared",
        "MassEventChanged",
        "MassEventReminded",
        "MassEventEnded",
        "RollCallStarted",
        "RollCallShared",
        "RollCallMarked",
        "RollCallTakenBack",
        "RollCallDue",
        "RollCallPrinted",
        "RollCallEnded",
        "RecallOpened",
        "RecallChecked",
        "RecallMended",
        "RecallClosed",
        "RoundPlanned",
        "RoundPlanRan",
        "RoundBegan",
        "RoundCallDue",
        "RoundCallSkipped",
        "RoundCallTaken",
        "RoundCallReleased",
        "RoundCallTried",
        "RoundCallDone",
        "RoundLate",
        "RoundStopped",
        "AwayBegan",
        "AwayProlonged",
        "AwayReminded",
        "AwayEnded",
        "OkEnrolled",
        "OkHeard",
        "OkSilent",
        "OkPassed",
        "OkEnded",
        "ReminderSet",
        "ReminderTold",
        "ReminderConfirmed",
        "ReminderMissed",
        "ReminderStopped",
        "TierDecided",
        "DrillStarted",
        "DrillHeard",
        "DrillPassed",
        "DrillFailed",
        "SurgeBegan",
        "SurgeEnded",
        "ClockReturned",
        "ClockSetBack",
        "LineWentSilent",
        "LineCameBack",
        "RosterPublished",
        "ShiftsSwapped",
        "ShiftOverridden",
        "CarerFellOut",
        "StandInNamed",
        "StandByCalled",
        "DutyOfficerChanged",
        "BreakTaken",
        "BreakEnded",
        "PositionConsentGiven",
        "PositionConsentWithdrawn",
        "PeopleImported",
        "PeopleChanged",
        "TagMade",
        "TagScanned",
        "TagRevoked",
        "AccessChecked",
        "TalkRang",
        "TalkDialled",
        "TalkClaimed",
        "TalkAnswered",
        "TalkHeld",
        "TalkResumed",
        "TalkJoined",
        "TalkEnded",
        "TalkMissed",
        "TalkLinked",
        "TalkRecorded",
        "TalkAsked",
        "TalkRefused",
        "TalkNoted",
        "RecordingOpened",
        "SeatTelephoneChanged",
        "PromisesChanged",
        "ScriptProposed",
        "ScriptApproved",
        "ScriptRejected",
        "OwnStepsChanged",
        "TaskMade",
        "TaskDue",
        "TaskOverdue",
        "TaskHandedOver",
        "TaskDone",
        "UserAdded",
        "UserChanged",
        "TokenAdded",
        "ReportExported",
        "PackTaken",
        "PackKept",
        "PackErased",
        "Sealed",
    ]
)


@dataclass(frozen=True, slots=True)
class Event:
    """``seq`` orders the whole log, ``version`` orders one stream, ``hash`` chains that stream (sha256, hex)."""

    seq: int
    at: str
    stream: str
    version: int
    kind: str
    body: Body
    actor: str
    hash: str


_spell = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def written(body: Body) -> str:
    """The one spelling of a body, the same in every store. NUL, which PostgreSQL text cannot hold, is made visible."""
    return _spell(body).replace("\\u0000", "\\u2400")


def chained(previous: str, at: str, stream: str, version: int, kind: str, body: str, actor: str) -> str:
    """The hash of an event: whoever changes an old one must change every later one of its stream."""
    joined = "\n".join((previous, at, stream, str(version), kind, actor, body))
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()


def call_stream(call_id: str) -> str:
    return f"call:{call_id}"


def device_stream(account: str) -> str:
    return f"device:{account}"


def booking_stream(booking_id: str) -> str:
    return f"booking:{booking_id}"


def seat_stream(user_id: int) -> str:
    return f"seat:{user_id}"


def call_of(event: Event) -> str | None:
    """The call an event is about, or None."""
    return event.stream[5:] if event.stream.startswith("call:") else None
