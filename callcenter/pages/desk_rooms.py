"""What stands behind the operators' desk beside the calls themselves: each part and its pages, put together."""

from typing import Protocol

from flask import Blueprint

from callcenter.commands import Commands
from callcenter.emergency import Send
from callcenter.pages.care import care_pages
from callcenter.pages.handing_over import handing_over
from callcenter.pages.pagers import pagers
from callcenter.pages.rounds import Shown, rounds_pages
from callcenter.settings import Emergency
from callcenter.store.users import Users
from callcenter.wall import Wall
from callcenter.welfare import Welfare


class Chosen(Protocol):
    """The sections of the settings that these need."""

    @property
    def emergency(self) -> Emergency: ...


class Services(Protocol):
    """The services of the storey above that have rooms here."""

    welfare: Welfare


class House(Protocol):
    """The parts of the house that these are made of."""

    wall: Wall
    users: Users

    @property
    def settings(self) -> Chosen: ...
    @property
    def parts(self) -> Services: ...


def desk_rooms(house: House, commands: Commands, send: Send, centre_phone: str) -> tuple[Blueprint, ...]:
    """``send`` asks a carer to go; it is handed in, because carers belong to the storey above."""
    welfare = house.parts.welfare
    return (
        *handing_over(commands, house.wall, house.users, send, house.settings.emergency, centre_phone),
        rounds_pages(commands, welfare),
        care_pages(Shown(commands, welfare)),
        pagers(welfare),
    )
