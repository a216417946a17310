"""Everything that a carer's phone opens, put together: the page, what it sends, the tags at doors, the photos."""

from pathlib import Path

from flask import Blueprint

from callcenter.commands import Commands
from callcenter.store.door_tags import DoorTagRows
from callcenter.store.phones import Phones
from callcenter.store.photos import PhotoRows
from dispatch.door_tags import DoorTags
from dispatch.jobs import Jobs
from dispatch.on_scene import OnScene
from dispatch.pages.carer import Need
from dispatch.pages.door import door
from dispatch.pages.on_scene import on_scene
from dispatch.pages.phone import phone
from dispatch.pages.photos import photos
from dispatch.pages.rollcall import rollcall
from dispatch.parts import Parts
from dispatch.photos import Photos


def carers_pages(
    need: Need, commands: Commands, parts: Parts, phones: Phones, jobs: Jobs, public_url: str, data_dir: str
) -> tuple[Blueprint, ...]:
    """Photos are kept under ``data_dir``."""
    dispatcher = parts.dispatcher
    log, settings, scene = dispatcher.log, dispatcher.phone, OnScene(dispatcher)
    rows = DoorTagRows(log.database)
    tags = DoorTags(log, rows, scene)
    return (
        phone(need, settings),
        rollcall(need, commands, parts.rollcalls),
        on_scene(need, commands, scene, phones, jobs),
        door(need, tags, rows, settings.centre_phone, public_url, dispatcher.zone, dispatcher.clock),
        photos(need, commands, Photos(log, PhotoRows(log.database), Path(data_dir) / "photos")),
    )
