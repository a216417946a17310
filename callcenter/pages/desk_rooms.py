"""What stands behind the operators' desk beside the calls themselves: each part and its pages, put together."""

from typing import Protocol

from flask import Blueprint

from callcenter.commands import Commands
from callcenter.emergency import Send
from callcenter.pages.handing_over import handing_over
from callcenter.pages.telephone import telephone
from callcenter.reception import Reception
from callcenter.settings import Emergency, Telephony
from callcenter.store.talks import Talks
from callcenter.store.users import Users
from callcenter.wall import Wall


class Chosen(Protocol):
    """The sections of the settings that these need."""

    @property
    def emergency(self) -> Emergency: ...
    @property
    def telephony(self) -> Telephony: ...


class House(Protocol):
    """The parts of the house that these are made of."""

    wall: Wall
    users: Users

    @property
    def settings(self) -> Chosen: ...


def desk_rooms(house: House, commands: Commands, send: Send, centre_phone: str) -> tuple[Blueprint, ...]:
    """``send`` asks a carer to go; it is handed in, because carers belong to the storey above."""
    wall, rules = house.wall, house.settings.telephony
    talks = Talks(wall.log.database)
    reception = Reception(wall.cases, talks, wall.zone, rules.missed_seconds)
    return (
        *handing_over(commands, wall, house.users, send, house.settings.emergency, centre_phone),
        telephone(commands, wall, talks, reception, rules),
    )
