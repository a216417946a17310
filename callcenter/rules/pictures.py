"""The pictures of supervision, in one place for whoever composes a log."""

from callcenter.rules.incidents import IncidentPicture
from callcenter.rules.promised import PromisePicture
from callcenter.rules.protection import ProtectionPicture
from callcenter.rules.recalls import RecallPicture
from callcenter.rules.scripted import OwnStepsPicture, ProposalPicture, ScriptPicture
from callcenter.rules.tasks import TaskPicture
from callcenter.rules.watch import WatchPicture

SCRIPTED = (ScriptPicture(), ProposalPicture(), OwnStepsPicture(), TaskPicture())
SUPERVISED = (WatchPicture(), ProtectionPicture(), IncidentPicture(), RecallPicture(), PromisePicture(), *SCRIPTED)
