"""The model check of the case life: a machine tries every command, timer and signal in any order."""

from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.coroner.night import Night


def test_no_order_of_events_ends_a_case_without_evidence_or_leaves_a_press_to_nobody(sqlite_district: Path) -> None:
    Night.district = sqlite_district
    soaking = settings().max_examples > 100
    chosen = settings(
        max_examples=2000 if soaking else 30,
        stateful_step_count=60 if soaking else 30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.reuse, Phase.generate),
    )
    run_state_machine_as_test(Night, settings=chosen)
