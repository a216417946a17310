"""The pictures of supervision, in one place for whoever composes a log."""

from callcenter.rules.incidents import IncidentPicture
from callcenter.rules.mass import MassPicture
from callcenter.rules.promised import PromisePicture
from callcenter.rules.protection import ProtectionPicture
from callcenter.rules.recalls import RecallPicture
from callcenter.rules.rollcall import MarkPicture, RollCallPicture
from callcenter.rules.scripted import OwnStepsPicture, ProposalPicture, ScriptPicture
from callcenter.rules.seats import SeatPicture, TakePicture
from callcenter.rules.tasks import TaskPicture
from callcenter.rules.watch import WatchPicture

MASS = (MassPicture(), RollCallPicture(), MarkPicture())
DESK = (SeatPicture(), TakePicture())
SCRIPTED = (ScriptPicture(), ProposalPicture(), OwnStepsPicture(), TaskPicture())
WATCHED = (WatchPicture(), ProtectionPicture(), IncidentPicture(), RecallPicture(), PromisePicture())
SUPERVISED = (*WATCHED, *MASS, *DESK, *SCRIPTED)
