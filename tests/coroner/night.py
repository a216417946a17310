"""A night of any events in any order, and what must hold after each: the rules of the model check.

Homes press, operators, carers, neighbours and crews do whatever they may, time passes, processes start again. After
every step: no path has ended a case without evidence; no press is without an owner or a running deadline; no priority
fell; nobody keeps a call whose console is gone; every row is what its events make of it.
"""

from hypothesis import strategies as st
from hypothesis.stateful import initialize

from tests.coroner.ground import account
from tests.coroner.hands import Hands
from tests.coroner.invariants import Invariants
from tests.coroner.outside import Outside
from tests.coroner.signals import HUMAN, Signals


class Night(Signals, Hands, Outside, Invariants):
    """All of it, from the first press on."""

    @initialize(account=account, code=st.sampled_from(sorted(HUMAN)))
    def a_first_press(self, account: str, code: str) -> None:
        self.begin()
        self.somebody_presses(account, code)
