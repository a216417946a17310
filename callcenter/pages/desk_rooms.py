"""What stands behind the operators' desk beside the calls themselves: each part and its pages, put together."""

from typing import Protocol
from zoneinfo import ZoneInfo

from flask import Blueprint
from flask_limiter import Limiter

from callcenter.answered import Answered
from callcenter.beats import Consoles
from callcenter.commands import Commands
from callcenter.emergency import Send
from callcenter.found_home import FoundHome
from callcenter.front_door import FrontDoor
from callcenter.in_hand import InHand
from callcenter.intake import Intake
from callcenter.live import Live
from callcenter.pages.by_hand import by_hand
from callcenter.pages.care import care_pages
from callcenter.pages.data_quality import data_quality
from callcenter.pages.front_door import front_door
from callcenter.pages.guard import need
from callcenter.pages.handing_over import handing_over
from callcenter.pages.in_hand import in_hand
from callcenter.pages.mass_rooms import MassParts, mass_rooms
from callcenter.pages.pagers import pagers
from callcenter.pages.personal_links import personal_links
from callcenter.pages.ring_round import ring_round
from callcenter.pages.rounds import Shown, rounds_pages
from callcenter.pages.script_api import script_api
from callcenter.pages.script_pages import script_pages
from callcenter.pages.seats import seats
from callcenter.pages.tasks import tasks
from callcenter.pages.telephone import telephone
from callcenter.pages.training import training
from callcenter.personal_links import PersonalLinks
from callcenter.reception import Reception
from callcenter.report import Report
from callcenter.ring_round import RingRound
from callcenter.rules.times import Clock
from callcenter.scripting import Scripting
from callcenter.seats import Seats
from callcenter.settings import Centre, Emergency, Server, Telephony
from callcenter.store.data_quality import DataQuality
from callcenter.store.database import Database
from callcenter.store.log import Log
from callcenter.store.seats import SeatBook
from callcenter.store.talks import Talks
from callcenter.store.tasks import TaskStore
from callcenter.store.users import Users
from callcenter.tasks import Tasks
from callcenter.wall import Wall
from callcenter.welfare import Welfare


class Chosen(Protocol):
    """The sections of the settings that these need."""

    @property
    def centre(self) -> Centre: ...
    @property
    def emergency(self) -> Emergency: ...
    @property
    def server(self) -> Server: ...
    @property
    def telephony(self) -> Telephony: ...


class Services(MassParts, Protocol):
    """The services of the storey above that have rooms here."""

    welfare: Welfare


class House(Protocol):
    """The parts of the house that these are made of."""

    log: Log
    wall: Wall
    users: Users
    live: Live
    scripts: Scripting
    database: Database
    zone: ZoneInfo
    clock: Clock
    intake: Intake

    @property
    def settings(self) -> Chosen: ...
    @property
    def parts(self) -> Services: ...


def desk_rooms(
    house: House,
    commands: Commands,
    report: Report,
    send: Send,
    centre_phone: str,
    limiter: Limiter,
) -> tuple[Blueprint, ...]:
    """``send`` asks a carer to go; it is handed in, because carers belong to the storey above."""
    chosen, welfare = house.settings, house.parts.welfare
    to_do = Tasks(TaskStore(house.database), house.users.by_id, house.zone)
    return (
        *mass_rooms(commands, house.parts, house.wall.zone),
        *handing_over(commands, house.wall, house.users, send, chosen.emergency, centre_phone, to_do),
        script_api(commands, Answered(commands.desk, house.clock), house.wall),
        script_pages(commands, house.scripts, house.zone),
        tasks(commands, to_do, house.users, house.zone, house.clock),
        training(need, report, chosen.centre, house.wall.clock),
        by_hand(commands, house.wall),
        *_the_desk(house, commands),
        *_the_front_door(house, commands, limiter, centre_phone),
        _the_telephone(house, commands),
        rounds_pages(commands, welfare),
        care_pages(Shown(commands, welfare)),
        pagers(welfare),
    )


def _the_desk(house: House, commands: Commands) -> tuple[Blueprint, ...]:
    """Who sits where, and the call in each hand."""
    book = SeatBook(house.wall.log.database)
    told = lambda: [  # noqa: E731
        {"role": "supervisor", **{name: one[name] for name in ("id", "name", "phone")}}
        for one in house.users.on_duty("supervisor")
    ]
    consoles = Consoles(book, house.wall.clock)
    house.live.beside.append(consoles.follow)
    return (
        in_hand(commands, InHand(book, told), house.wall),
        seats(commands, Seats(book, told), consoles, house.wall),
    )


def _the_front_door(house: House, commands: Commands, limiter: Limiter, centre_phone: str) -> tuple[Blueprint, ...]:
    """Cases that do not come from a pager, and the contacts that are rung for any of them."""
    door = FrontDoor(house.intake, commands.desk)
    links = PersonalLinks(house.log, door, house.settings.server.outside())
    rounds, quality, wall = RingRound(), DataQuality(house.log.database), house.wall
    homes = FoundHome(commands.desk, wall.people, wall.zone)
    return (
        front_door(commands, door, homes, wall, centre_phone),
        personal_links(commands, links, wall, limiter, centre_phone),
        ring_round(commands, rounds, wall),
        data_quality(commands, rounds, quality, wall.zone, wall.clock),
    )


def _the_telephone(house: House, commands: Commands) -> Blueprint:
    wall, chosen = house.wall, house.settings.telephony
    talks = Talks(wall.log.database)
    return telephone(commands, wall, talks, Reception(wall.cases, talks, wall.zone, chosen.missed_seconds), chosen)
