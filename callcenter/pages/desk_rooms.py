"""What stands behind the operators' desk beside the calls themselves: each part and its pages, put together."""

from typing import Protocol

from flask import Blueprint

from callcenter.commands import Commands
from callcenter.emergency import Send
from callcenter.pages.guard import need
from callcenter.pages.handing_over import handing_over
from callcenter.pages.training import training
from callcenter.report import Report
from callcenter.settings import Centre, Emergency
from callcenter.store.users import Users
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

    @property
    def settings(self) -> Chosen: ...


def desk_rooms(
    house: House, commands: Commands, report: Report, send: Send, centre_phone: str
) -> tuple[Blueprint, ...]:
    """``send`` asks a carer to go; it is handed in, because carers belong to the storey above."""
    chosen = house.settings
    return (
        *handing_over(commands, house.wall, house.users, send, chosen.emergency, centre_phone),
        training(need, report, chosen.centre, house.wall.clock),
    )
