"""The pictures of supervision, in one place for whoever composes a log."""

from callcenter.rules.absences import AbsencePicture
from callcenter.rules.incidents import IncidentPicture
from callcenter.rules.mass import MassPicture
from callcenter.rules.ok_checks import OkPicture
from callcenter.rules.promised import PromisePicture
from callcenter.rules.protection import ProtectionPicture
from callcenter.rules.recalls import RecallPicture
from callcenter.rules.reminders import ReminderPicture
from callcenter.rules.rollcall import MarkPicture, RollCallPicture
from callcenter.rules.round_plans import PlanPicture
from callcenter.rules.rounds import EntryPicture, RoundPicture
from callcenter.rules.scripted import OwnStepsPicture, ProposalPicture, ScriptPicture
from callcenter.rules.seats import SeatPicture, TakePicture
from callcenter.rules.tasks import TaskPicture
from callcenter.rules.tiers import TierPicture
from callcenter.rules.watch import WatchPicture

MASS = (MassPicture(), RollCallPicture(), MarkPicture())
DESK = (SeatPicture(), TakePicture())
SCRIPTED = (ScriptPicture(), ProposalPicture(), OwnStepsPicture(), TaskPicture())
WATCHED = (WatchPicture(), ProtectionPicture(), IncidentPicture(), RecallPicture(), PromisePicture())
ROUNDS = (PlanPicture(), RoundPicture(), EntryPicture())
WELFARE = (*ROUNDS, AbsencePicture(), OkPicture(), ReminderPicture(), TierPicture())
SUPERVISED = (*WATCHED, *MASS, *DESK, *SCRIPTED, *WELFARE)
