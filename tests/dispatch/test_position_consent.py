"""Where a carer is: kept only of one who agreed, and only on shift."""

import pytest
from sqlalchemy import update

from callcenter.rules.times import later, stamp
from callcenter.store.phones import Phones
from callcenter.store.tables import carers
from tests.conftest import Rehearsal


def carer(rehearsal: Rehearsal, on_shift: bool) -> int:
    return next(c["id"] for c in rehearsal.people.carers(rehearsal.now) if c["on_shift"] is on_shift)


def where(rehearsal: Rehearsal, carer_id: int) -> float | None:
    found = next(c for c in rehearsal.people.carers(rehearsal.now) if c["id"] == carer_id)
    kept: float | None = found["latitude"]
    return kept


def consent(rehearsal: Rehearsal, carer_id: int, at: str | None) -> None:
    with rehearsal.database.write() as conn:
        conn.execute(update(carers).where(carers.c.id == carer_id).values(position_consent=at))


@pytest.mark.parametrize(("on_shift", "agreed", "kept"), [(True, -60, 36.7), (True, 60, None), (False, -60, None)])
def test_a_position_is_kept_on_shift_and_after_they_agreed(
    rehearsal: Rehearsal, on_shift: bool, agreed: float, kept: float | None
) -> None:
    one, now = carer(rehearsal, on_shift), stamp(rehearsal.now)
    consent(rehearsal, one, later(now, agreed))
    Phones(rehearsal.database).was_at(one, 36.7, 101.7, now)
    assert where(rehearsal, one) == kept


def test_without_consent_no_position_is_kept(rehearsal: Rehearsal) -> None:
    one = carer(rehearsal, True)
    consent(rehearsal, one, None)
    Phones(rehearsal.database).was_at(one, 36.7, 101.7, stamp(rehearsal.now))
    assert where(rehearsal, one) is None
