"""Mass events and roll calls at the desk: their API and their pages, put together."""

from typing import Protocol
from zoneinfo import ZoneInfo

from flask import Blueprint

from callcenter.commands import Commands
from callcenter.mass import MassEvents
from callcenter.pages.mass_api import mass_api
from callcenter.pages.rollcall_pages import rollcall_pages
from callcenter.rollcalls import RollCalls


class MassParts(Protocol):
    """What the storey above has put together, because its carers are asked and sent."""

    @property
    def mass(self) -> MassEvents: ...
    @property
    def rollcalls(self) -> RollCalls: ...


def mass_rooms(commands: Commands, parts: MassParts, zone: ZoneInfo) -> tuple[Blueprint, Blueprint]:
    return mass_api(commands, parts.mass, parts.rollcalls), rollcall_pages(commands, parts.rollcalls, zone)
