"""The pictures of supervision, in one place for whoever composes a log."""

from callcenter.rules.incidents import IncidentPicture
from callcenter.rules.promised import PromisePicture
from callcenter.rules.protection import ProtectionPicture
from callcenter.rules.recalls import RecallPicture
from callcenter.rules.seats import SeatPicture, TakePicture
from callcenter.rules.watch import WatchPicture

SUPERVISED = (WatchPicture(), ProtectionPicture(), IncidentPicture(), RecallPicture(), PromisePicture(), SeatPicture(),
              TakePicture())  # fmt: skip
