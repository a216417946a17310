"""What a case is handed over to: 120, 119 and 110, or a colleague. Their parts and pages, put together."""

from flask import Blueprint

from callcenter.commands import Commands
from callcenter.emergency import Emergency, Send
from callcenter.owning import Owning
from callcenter.pages.emergency import emergency
from callcenter.pages.owning import owning
from callcenter.settings import Emergency as Rules
from callcenter.store.users import Users
from callcenter.tasks import Tasks
from callcenter.wall import Wall


def handing_over(
    commands: Commands, wall: Wall, users: Users, send: Send, rules: Rules, centre_phone: str, to_do: Tasks
) -> tuple[Blueprint, Blueprint]:
    """``send`` asks a carer to go: calling 120 never takes our own away."""
    outside = Emergency(rules.chase_seconds, send)
    return (
        emergency(commands, outside, wall, centre_phone, wall.zone),
        owning(commands, Owning(users.by_id), wall, users, to_do),
    )
