"""What stands around a carer's work beside the phone: the district drawn, and its paper. Parts and pages in one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from flask import Blueprint

from callcenter import runtime
from callcenter.commands import Commands
from callcenter.rules.promises import Book
from callcenter.rules.times import Clock
from callcenter.settings import Centre, Map, Store
from callcenter.store.cases import Cases
from callcenter.store.database import Database
from callcenter.store.people import People
from callcenter.wall import Wall
from dispatch.dispatcher import Dispatcher
from dispatch.district import District
from dispatch.pages.district import district
from dispatch.pages.paper import paper as paper_pages
from dispatch.pages.paper_sheet import renderer
from dispatch.paper import Paper
from dispatch.parts import Parts
from dispatch.rules.eta import Travel
from dispatch.settings import PhonePage

Need = Callable[[str], Callable[[Callable[..., Any]], Callable[..., Any]]]


class PaperChosen(Protocol):
    """The sections of the settings that the paper pack needs."""

    @property
    def centre(self) -> Centre: ...
    @property
    def phone(self) -> PhonePage: ...
    @property
    def database(self) -> Store: ...


class Papered(Protocol):
    """The parts of the house that the paper pack is made of."""

    database: Database
    people: People
    cases: Cases
    zone: ZoneInfo
    clock: Clock

    @property
    def settings(self) -> PaperChosen: ...
    @property
    def parts(self) -> Parts: ...


class Chosen(PaperChosen, Protocol):
    """And those that the district needs."""

    @property
    def map(self) -> Map: ...
    @property
    def travel(self) -> Travel: ...


class House(Papered, Protocol):
    """And of which the pages are made."""

    dispatcher: Dispatcher
    wall: Wall

    @property
    def settings(self) -> Chosen: ...
    @property
    def targets(self) -> Book: ...


def paper(house: Papered, breathe: Callable[[], None] = lambda: None) -> Paper:
    """The paper pack, with the folder it is kept in."""
    chosen = house.settings
    centre, folder = (chosen.centre.name, chosen.phone.centre_phone), Path(chosen.database.data_dir)
    return Paper(
        house.people, house.parts.duty, house.cases, house.zone, house.clock, renderer(breathe), folder, centre
    )


def field_rooms(need: Need, house: House, commands: Commands) -> tuple[Blueprint, ...]:
    chosen, ways = house.settings, house.dispatcher.choosing.ways
    drawn = District(house.people, house.cases, ways, house.targets, chosen.travel, house.zone, house.clock)
    return district(need, drawn, chosen.map), paper_pages(need, commands, paper(house, runtime.breathe), house.wall)
