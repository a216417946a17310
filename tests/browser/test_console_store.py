"""The console's pure parts, run where they will run: real Chromium loads the modules and is asked questions."""

# ruff: noqa: E501 (scripts inside strings)

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.serving import files

PRELUDE = """
const NOW = Date.parse('2026-11-21T20:00:00.000Z')
const at = (s) => new Date(NOW + s * 1000).toISOString()
const row = (id, more = {}) => ({ id, version: 1, stage: 'waiting', priority: 1, kind: 'sos', presses: 1, opened_at: at(-10),
  holder_id: null, held_until: null, answered_at: null, requested_at: null, accepted_at: null, departed_at: null,
  arrived_at: null, nobody_left: false, late: {}, next_due_at: null, visit: null, ...more })
const snapshot = (calls, more = {}) => ({ epoch: 'e1', seq: 10, calls, carers: [], targets: {}, me: { id: 3 }, zone: 'Asia/Shanghai',
  technical: { count: 0, kinds: {}, oldest_at: null }, ...more })
const event = (after, call, more = {}) => ({ epoch: 'e1', after, seq: after + 1, call, ...more })
const ids = (entries) => entries.map((entry) => entry.id)
"""

Ask = Callable[[str], Any]


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """An empty page of the same origin as the scripts."""
    with files() as address:
        shown = browser.new_page()
        shown.goto(f"{address}/icon.svg")
        yield shown
        shown.close()


@pytest.fixture
def ask(page: Page) -> Ask:
    """Runs a script that sees everything ``store``, ``attention`` and ``time`` export, and returns what it returns."""

    def run(script: str) -> Any:
        return page.evaluate(
            """async ([prelude, script]) => {
              const [store, attention, time, voice, jobs] = await Promise.all(['store', 'attention', 'time', 'voice', 'jobs'].map((n) => import(`/js/console/${n}.js`)))
              const names = { ...store, ...attention, ...time, ...voice, ...jobs }
              return new Function(...Object.keys(names), prelude + script)(...Object.values(names))
            }""",
            [PRELUDE, script],
        )

    return run


def test_an_event_in_its_place_moves_the_console_forward(ask: Ask) -> None:
    assert ask("""const { state, gap } = receive(fromSnapshot(snapshot([])), 'event', event(10, row('a')))
                  return [state.seq, gap, [...state.calls.keys()]]""") == [11, False, ["a"]]


def test_a_gap_is_noticed_and_the_call_in_it_is_shown_all_the_same(ask: Ask) -> None:
    assert ask("""const { state, gap } = receive(fromSnapshot(snapshot([])), 'event', event(12, row('a')))
                  return [state.seq, gap, [...state.calls.keys()]]""") == [10, True, ["a"]]


def test_news_of_another_log_asks_for_a_snapshot_and_still_hides_no_call(ask: Ask) -> None:
    assert ask("""const before = fromSnapshot(snapshot([row('a')]))
                  const { state, gap } = receive(before, 'event', { ...event(10, row('b')), epoch: 'e2' })
                  return [gap, state.seq === before.seq, [...state.calls.keys()]]""") == [True, True, ["a", "b"]]


def test_one_tick_ahead_is_patience_and_two_are_a_gap(ask: Ask) -> None:
    assert ask("""const tick = { epoch: 'e1', seq: 11, server_time: at(0) }
                  const once = receive(fromSnapshot(snapshot([])), 'tick', tick)
                  const twice = receive(once.state, 'tick', tick)
                  const caught = receive(receive(once.state, 'event', event(10, row('a'))).state, 'tick', tick)
                  return [once.gap, twice.gap, caught.gap]""") == [False, True, False]


def test_the_same_event_twice_or_late_changes_nothing(ask: Ask) -> None:
    assert ask("""let state = fromSnapshot(snapshot([]))
                  state = receive(state, 'event', event(10, row('a', { version: 3, presses: 2 }))).state
                  const again = receive(state, 'event', event(10, row('a', { version: 3, presses: 9 })))
                  const late = receive(state, 'event', event(10, row('a', { version: 2, presses: 1 })))
                  return [again.gap, again.state === state, late.state.calls.get('a').presses]""") == [False, True, 2]


def test_a_closed_call_leaves_and_no_late_message_brings_it_back_but_reopening_does(ask: Ask) -> None:
    assert ask("""let state = fromSnapshot(snapshot([row('a')]))
                  state = putCall(state, row('a', { version: 5, stage: 'closed' }))
                  const late = putCall(state, row('a', { version: 4, stage: 'answered' }))
                  const reopened = putCall(state, row('a', { version: 6, stage: 'answered' }))
                  return [state.calls.size, late.calls.size, reopened.calls.size]""") == [0, 0, 1]


def test_device_items_are_folded_until_somebody_takes_one_up(ask: Ask) -> None:
    assert (
        ask("""const idle = row('d', { priority: 4 })
                  const state = fromSnapshot(snapshot([idle]))
                  return [state.calls.size, putCall(state, { ...idle, version: 2, holder_id: 3, stage: 'answered' }).calls.size]""")
        == [0, 1]
    )


def test_waiting_comes_by_priority_then_age_then_overdue_then_mine_then_others(ask: Ask) -> None:
    assert ask("""const taken = { stage: 'answered', answered_at: at(-5), requested_at: at(-4) }
                  const rows = [row('others', { ...taken, holder_id: 9 }), row('mine', { ...taken, holder_id: 3 }),
                    row('late', { ...taken, holder_id: 9, late: { accept: 30 } }), row('p3', { priority: 3, opened_at: at(-900) }),
                    row('p1-young', { opened_at: at(-5) }), row('p1-old', { opened_at: at(-60) }),
                    row('alone', { ...taken, holder_id: 9, nobody_left: true, opened_at: at(-300) })]
                  return ids(queueOf(new Map(rows.map((r) => [r.id, r])), NOW, 3))""") == [
        "alone", "p1-old", "p1-young", "p3", "late", "mine", "others",
    ]  # fmt: skip


def test_no_row_moves_while_the_list_is_touched_and_new_ones_are_counted(ask: Ask) -> None:
    assert ask("""const e = (id) => ({ id, group: 0 })
                  const shown = [e('b'), e('c')]
                  const touched = settle(shown, [e('a'), e('c'), e('d')], true)  // a is new above, b is gone, d is new below
                  const left = settle(touched.entries, [e('a'), e('c'), e('d')], false)
                  return [ids(touched.entries), touched.above, ids(left.entries), left.above]""") == [
        ["b", "c", "d"], 1, ["a", "c", "d"], 0,
    ]  # fmt: skip


TAKEN = """
const theirs = { version: 2, stage: 'answered', holder_id: 9, holder_name: '王强', answered_at: at(0) }
const waits = fromSnapshot(snapshot([row('a'), row('b')]))
const who = (state, later = 1000) => {
  const found = lostLately({ state, lostAt: 5000 }, 5000 + later)
  return found && [found.id, found.stage, found.holder_name]
}
"""
BY_WANG = ["a", "answered", "王强"]


def test_who_took_a_call_from_under_our_hands_is_known_whichever_message_brought_the_news(ask: Ask) -> None:
    """An event, the row in a refusal, a snapshot after a gap."""
    assert ask(f"""{TAKEN} const taken = row('a', theirs)
                  return [who(waits), who(receive(waits, 'event', event(10, taken)).state), who(putCall(waits, taken)),
                    who(fromSnapshot(snapshot([taken, row('b')]), waits))]""") == [None, BY_WANG, BY_WANG, BY_WANG]


def test_the_news_is_as_old_as_our_knowledge_of_it_however_long_ago_the_call_was_first_answered(ask: Ask) -> None:
    assert ask(f"""{TAKEN} const state = putCall(waits, row('a', {{ ...theirs, answered_at: at(-900) }}))
                  return [who(state, 9000), who(state, 11000)]""") == [BY_WANG, None]


def test_a_call_taken_and_put_on_hold_or_closed_at_once_is_still_somebodys(ask: Ask) -> None:
    assert ask(f"""{TAKEN} const after = (more) => putCall(putCall(waits, row('a', theirs)), row('a', {{ ...theirs, version: 3, ...more }}))
                  const gone = fromSnapshot(snapshot([row('b')]), waits)
                  return [who(after({{ stage: 'on_hold', held_until: at(60) }})), who(after({{ stage: 'closed' }})), who(gone).slice(0, 2)]""") == [
        ["a", "on_hold", "王强"], ["a", "closed", "王强"], ["a", "closed"],
    ]  # fmt: skip


def test_a_call_that_is_ours_or_that_waits_again_was_not_lost(ask: Ask) -> None:
    assert ask(f"""{TAKEN} const taken = putCall(waits, row('a', theirs))
                  return [who(putCall(waits, row('a', {{ ...theirs, holder_id: 3 }}))), who(putCall(taken, row('a', {{ ...theirs, version: 3, holder_id: 3 }}))),
                    who(putCall(taken, row('a', {{ ...theirs, version: 3, stage: 'waiting' }}))),
                    who(fromSnapshot({{ ...snapshot([]), epoch: 'e2' }}, waits))]""") == [None, None, None, None]


def test_what_rings_waiting_calls_a_returned_hold_of_mine_and_a_call_without_anybody_but_never_a_device(
    ask: Ask,
) -> None:
    assert ask("""const rows = [row('p2', { priority: 2 }), row('p4', { priority: 4 }), row('taken', { stage: 'answered', holder_id: 3 }),
                    row('back', { stage: 'on_hold', holder_id: 3, held_until: at(-1) }), row('held', { stage: 'on_hold', holder_id: 3, held_until: at(9) }),
                    row('alone', { priority: 2, stage: 'answered', holder_id: 9, nobody_left: true })]
                  return ringing(new Map(rows.map((r) => [r.id, r])), NOW, 3).map((c) => [c.id, c.pattern])""") == [
        ["p2", 2], ["back", 2], ["alone", 1],
    ]  # fmt: skip


def test_a_step_counts_down_then_says_how_late_it_is_and_stays_late_when_done(ask: Ask) -> None:
    assert ask("""const steps = (more) => stepsOf(row('a', more), { 1: { answer: 15 } })[0]
                  return [steps({}).late, overdue(row('a', { late: { answer: 15 } }), NOW), overdue(row('a', { stage: 'answered',
                    answered_at: at(10), requested_at: at(11), late: { answer: 15 } }), NOW), steps({ answered_at: at(20) }).late]""") == [
        False, "answer", None, True,
    ]  # fmt: skip


def test_a_row_brings_its_own_promise_and_a_pause_moves_only_what_may_wait(ask: Ask) -> None:
    """As callcenter/rules/pauses.py reckons it: both say the same of one call."""
    assert ask("""const pauses = [{ from: at(10), until: at(40), to: at(30) }]
                  const owed = { answer: 15, decide: 20, arrive: 60 }
                  const due = (priority) => stepsOf(row('a', { priority, owed, pauses, opened_at: at(0) }), { 2: { answer: 1 } })
                    .map((step) => [step.step, (step.due - Date.parse(at(0))) / 1000])
                  return [due(2), due(1)]""") == [
        [["answer", 15], ["decide", 40], ["arrive", 80]], [["answer", 15], ["decide", 20], ["arrive", 60]],
    ]  # fmt: skip


def test_the_servers_clock_is_kept_by_the_quickest_message_and_a_jump_is_followed(ask: Ask) -> None:
    assert ask("""const theirs = serverClock(() => NOW)
                  theirs.hear(at(5)); theirs.hear(at(4.2))
                  const steady = theirs.now() - NOW
                  theirs.hear(at(-60))
                  return [steady, theirs.now() - NOW]""") == [5000, -60000]


def test_a_length_is_read_at_a_glance(ask: Ask) -> None:
    assert ask("return [figures(72000), figures(-5), figures(5430000)]") == ["01:12", "00:00", "1:30:30"]


def test_how_the_home_is_spoken_to_is_the_newest_word_but_listen_stays(ask: Ask) -> None:
    assert ask("return [spokenTo(undefined), spokenTo([{ body: {} }, {}])]") == [None, None]
    said = "const said = (...voices) => spokenTo(voices.map((voice) => ({ body: { voice } })))"
    assert ask(f"{said}; return said('call sip:1@h', 'calls-us sip:2@h', '')") == {
        "way": "calls-us",
        "address": "sip:2@h",
    }
    assert ask(f"{said}; return said('listen sip:1@h', 'call sip:2@h')") == {"way": "listen", "address": "sip:1@h"}
    assert ask(f"{said}; return said('+8613912345678')") == {"way": "", "address": "+8613912345678"}
    assert ask("return ['+8613912345678', 'sip:1@h', '12', 'on the wall'].map(isNumber)") == [True, False, False, False]


def test_while_a_warning_stands_the_same_urgency_goes_by_risk_and_then_by_age(ask: Ask) -> None:
    rows = """const calls = new Map([
      ['old-c', row('old-c', { tier: 'C', opened_at: at(-90) })], ['new-a', row('new-a', { tier: 'A', opened_at: at(-5) })],
      ['old-a', row('old-a', { tier: 'A', opened_at: at(-60) })], ['p3-a', row('p3-a', { tier: 'A', priority: 3, opened_at: at(-99) })],
      ['stranger', row('stranger', { tier: '', opened_at: at(-95) })]].map(([id, one]) => [id, one]))"""
    assert ask(f"{rows}; return ids(queueOf(calls, NOW, 3, true))") == ["old-a", "new-a", "old-c", "stranger", "p3-a"]
    assert ask(f"{rows}; return ids(queueOf(calls, NOW, 3))") == ["stranger", "old-c", "old-a", "new-a", "p3-a"]
    assert ask(f"{rows}; return firstWaiting(calls, NOW, 3, true)") == "old-a"


def test_everybody_who_is_asked_stands_as_asked_and_with_what_they_said(ask: Ask) -> None:
    made = """const asked = ['offered', 'offered', 'declined', 'expired'].map((result, n) => ({ carer_id: n + 1, result }))
              const offered = { stage: 'offered', carer_id: 1, asked }
              const gone = { stage: 'accepted', carer_id: 9, asked: [{ carer_id: 9, result: 'accepted' }] }"""
    assert ask(f"""{made}
                   const calls = new Map([['a', row('a', {{ visit: offered }})], ['b', row('b', {{ visit: gone }})]])
                   return [...doing(calls)].map(([carer, job]) => [carer, job.state])""") == [
        [1, "offered"], [2, "offered"], [9, "accepted"]
    ]  # fmt: skip
    assert ask(f"""{made}
                   const beside = [{{ stage: 'on_the_way', carer_id: 3, asked: [] }}, {{ stage: 'offered', asked: [4, 9] }}]
                   const calls = new Map([['b', row('b', {{ visit: gone, beside }})]])
                   return [...doing(calls)].map(([carer, job]) => [carer, job.state])""") == [
        [9, "accepted"], [3, "on_the_way"], [4, "offered"]
    ]  # fmt: skip
    assert ask(f"{made}\n return [...saidOf([offered, gone])]") == [
        [1, "offered"], [2, "offered"], [3, "declined"], [4, "expired"], [9, "accepted"]
    ]  # fmt: skip
