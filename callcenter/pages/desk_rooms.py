"""What stands behind the operators' desk beside the calls themselves: each part and its pages, put together."""

from typing import Protocol
from zoneinfo import ZoneInfo

from flask import Blueprint

from callcenter.answered import Answered
from callcenter.commands import Commands
from callcenter.emergency import Send
from callcenter.pages.guard import need
from callcenter.pages.handing_over import handing_over
from callcenter.pages.script_api import script_api
from callcenter.pages.script_pages import script_pages
from callcenter.pages.tasks import tasks
from callcenter.pages.training import training
from callcenter.report import Report
from callcenter.rules.times import Clock
from callcenter.scripting import Scripting
from callcenter.settings import Centre, Emergency
from callcenter.store.database import Database
from callcenter.store.tasks import TaskStore
from callcenter.store.users import Users
from callcenter.tasks import Tasks
from callcenter.wall import Wall


class Chosen(Protocol):
    """The sections of the settings that these need."""

    @property
    def centre(self) -> Centre: ...
    @property
    def emergency(self) -> Emergency: ...


class House(Protocol):
    """The parts of the house that these are made of."""

    wall: Wall
    users: Users
    scripts: Scripting
    database: Database
    zone: ZoneInfo
    clock: Clock

    @property
    def settings(self) -> Chosen: ...


def desk_rooms(
    house: House, commands: Commands, report: Report, send: Send, centre_phone: str
) -> tuple[Blueprint, ...]:
    """``send`` asks a carer to go; it is handed in, because carers belong to the storey above."""
    chosen = house.settings
    to_do = Tasks(TaskStore(house.database), house.users.by_id, house.zone)
    return (
        *handing_over(commands, house.wall, house.users, send, chosen.emergency, centre_phone, to_do),
        script_api(commands, Answered(commands.desk, house.clock), house.wall),
        script_pages(commands, house.scripts, house.zone),
        tasks(commands, to_do, house.users, house.zone, house.clock),
        training(need, report, chosen.centre, house.wall.clock),
    )
