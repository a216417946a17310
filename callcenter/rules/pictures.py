"""The pictures of supervision, in one place for whoever composes a log."""

from callcenter.rules.absences import AbsencePicture
from callcenter.rules.incidents import IncidentPicture
from callcenter.rules.ok_checks import OkPicture
from callcenter.rules.promised import PromisePicture
from callcenter.rules.protection import ProtectionPicture
from callcenter.rules.recalls import RecallPicture
from callcenter.rules.reminders import ReminderPicture
from callcenter.rules.round_plans import PlanPicture
from callcenter.rules.rounds import EntryPicture, RoundPicture
from callcenter.rules.tiers import TierPicture
from callcenter.rules.watch import WatchPicture

WELFARE = (
    PlanPicture(), RoundPicture(), EntryPicture(), AbsencePicture(), OkPicture(), ReminderPicture(), TierPicture(),
)  # fmt: skip
SUPERVISED = (WatchPicture(), ProtectionPicture(), IncidentPicture(), RecallPicture(), PromisePicture(), *WELFARE)
