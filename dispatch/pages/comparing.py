"""The shell's command that compares ways of sending carers, on a made-up district and with the centre's own rules."""

import os
import time
from dataclasses import replace

import click

WITH, WITHOUT = "with", "without"


def furnish(cli: click.Group) -> None:
    cli.add_command(simulate_dispatch)


@click.command("simulate-dispatch")
@click.option("--days", type=click.IntRange(1, 5000), default=120, show_default=True,
              help="days at 1x; a load of 10 plays a tenth of them")  # fmt: skip
@click.option("--load", "loads", type=click.FloatRange(0.1, 30), multiple=True, default=(1.0, 3.0, 10.0),
              show_default=True, help="times today's alarms; may be repeated")  # fmt: skip
@click.option("--policy", "names", multiple=True, help="only this one; may be repeated (default: all)")
@click.option("--visits", type=click.Choice([WITH, WITHOUT, "both"]), default="both", show_default=True,
              help="the 120 booked visits a day")  # fmt: skip
@click.option("--seed", type=int, default=1, show_default=True, help="the same seed gives the same figures")
@click.option("--jobs", type=click.IntRange(1, 64), default=os.cpu_count() or 1, help="processes (default: all cores)")
@click.option("--night-posts", type=click.IntRange(1, 9), default=9, show_default=True,
              help="carers at night, at the stations where they are nearest to the homes")  # fmt: skip
@click.option("--far-cars", is_flag=True, help="cars instead of e-bikes at the two far stations")
@click.option("--accept-share", type=click.FloatRange(0.05, 1), default=0.95, show_default=True,
              help="share of offers that are accepted")  # fmt: skip
@click.option("--parallel", type=click.IntRange(1, 10), default=1, show_default=True,
              help="carers whom a P1 is offered to at once")  # fmt: skip
@click.option("--within", type=click.FloatRange(0), default=60.0, show_default=True,
              help="seconds by which the others of these may be later than the nearest")  # fmt: skip
def simulate_dispatch(
    days: int, loads: tuple[float, ...], names: tuple[str, ...], visits: str, seed: int, jobs: int, night_posts: int,
    far_cars: bool, accept_share: float, parallel: int, within: float,
) -> None:  # fmt: skip
    """Compare ways of choosing carers, and of staffing, over many made-up days; touches neither database nor lines."""
    from dispatch.simulation import cells, tables  # what plays the days is loaded only by whoever asks for it
    from dispatch.simulation.policies import HINDSIGHT, POLICIES
    from dispatch.simulation.world import Scene, Staffing

    known = [*POLICIES, HINDSIGHT]
    for name in names:
        if name not in known:
            raise click.BadParameter(
                f"{name!r} is not a policy; the policies are {', '.join(known)}", param_hint="--policy"
            )
    wanted = [
        replace(POLICIES[name], parallel=parallel, accept_share=accept_share, within_seconds=within)
        if name in POLICIES
        else None
        for name in names or known
    ]
    scene = Scene(staffing=Staffing(night_posts, far_cars))
    began = time.monotonic()
    for booked in {WITH: (True,), WITHOUT: (False,), "both": (False, True)}[visits]:
        click.echo(f"\n{'With 120 booked visits a day' if booked else 'Alarms only'}\n")
        asked = cells.cells(wanted, loads, (booked,), days, seed, scene)
        click.echo(tables.markdown(list(cells.play(asked, jobs))))
    click.echo(
        f"\n± is one standard error. {days} days at 1×, seed {seed}; played in {time.monotonic() - began:.0f} s."
    )
