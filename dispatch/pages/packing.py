"""``pack``: the paper pack into a folder, such as a USB stick, without waiting for the hour."""

from pathlib import Path

import click

from callcenter.store.upgrade import check
from dispatch.pages.field_rooms import Papered, paper


def furnish(cli: click.Group) -> None:
    """Put the command into the program's group, whose context object is a ``Papered``."""
    cli.add_command(pack)


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--codes", is_flag=True, help="with the sheet of door codes: for a locked safe only")
@click.pass_obj
def pack(house: Papered, folder: Path, codes: bool) -> None:
    """Write the paper pack (who, address, way in, contacts, who is on duty) to FOLDER/anxin-pack."""
    check(house.database)
    if not folder.is_dir():
        raise click.ClickException(f"there is no folder {folder}: is the stick plugged in?")
    target = folder / "anxin-pack"
    try:
        written = paper(house).write(target, codes)
    except OSError as error:
        raise click.ClickException(f"could not be written to {target}: {error}") from None
    click.echo(f"{written} sheets written to {target}; open index.html. It holds personal data: lock it away.")
