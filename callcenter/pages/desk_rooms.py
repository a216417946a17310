"""What stands behind the operators' desk beside the calls themselves: each part and its pages, put together."""

from typing import Protocol

from flask import Blueprint
from flask_limiter import Limiter

from callcenter.commands import Commands
from callcenter.emergency import Send
from callcenter.front_door import FrontDoor
from callcenter.intake import Intake
from callcenter.pages.data_quality import data_quality
from callcenter.pages.front_door import front_door
from callcenter.pages.guard import need
from callcenter.pages.handing_over import handing_over
from callcenter.pages.personal_links import personal_links
from callcenter.pages.ring_round import ring_round
from callcenter.pages.training import training
from callcenter.personal_links import PersonalLinks
from callcenter.report import Report
from callcenter.ring_round import RingRound
from callcenter.settings import Centre, Emergency, Server
from callcenter.store.data_quality import DataQuality
from callcenter.store.log import Log
from callcenter.store.users import Users
from callcenter.wall import Wall


class Chosen(Protocol):
    """The sections of the settings that these need."""

    @property
    def centre(self) -> Centre: ...
    @property
    def emergency(self) -> Emergency: ...
    @property
    def server(self) -> Server: ...


class House(Protocol):
    """The parts of the house that these are made of."""

    log: Log
    wall: Wall
    users: Users
    intake: Intake

    @property
    def settings(self) -> Chosen: ...


def desk_rooms(
    house: House,
    commands: Commands,
    report: Report,
    send: Send,
    centre_phone: str,
    limiter: Limiter,
) -> tuple[Blueprint, ...]:
    """``send`` asks a carer to go; it is handed in, because carers belong to the storey above."""
    door = FrontDoor(house.intake, commands.desk)
    links = PersonalLinks(house.log, door, house.settings.server.outside())
    rounds, quality, wall = RingRound(), DataQuality(house.log.database), house.wall
    return (
        *handing_over(commands, wall, house.users, send, house.settings.emergency, centre_phone),
        front_door(commands, door, wall, centre_phone),
        personal_links(commands, links, wall, limiter, centre_phone),
        ring_round(commands, rounds, wall),
        data_quality(commands, rounds, quality, wall.zone, wall.clock),
        training(need, report, house.settings.centre, wall.clock),
    )
