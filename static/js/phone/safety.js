// For the carer alone: SOS that must be held, "are you well?", and help that is needed here.
//
// SOS is held for two seconds, so that no pocket and no glove sends it. It is written down before it is sent, like every
// touch; while it has not been taken by the centre the page says so and offers the telephone.
'use strict'
;(function (Phone) {
  const { h, t, keep, bell, line } = Phone
  const HOLD_MS = 2000
  const POLICE = '110'
  const REASONS = {
    heavy: t('Too heavy for one'), worse: t('The person is getting worse'),
    locked_out: t('I cannot get in'), threatened: t('I am threatened'),
  }
  const button = document.getElementById('sos')
  let timer = null

  const safety = {
    reached: false, // the centre has taken the SOS of this page
    waiting: () => line.waiting().some((tap) => tap.action === 'sos'),
    fine: {}, // visit: when the carer last said so, on this phone
  }

  function begin(event) {
    if (timer || !Phone.me || (event.type === 'keydown' && event.key !== 'Enter' && event.key !== ' ')) return
    if (event.type === 'keydown') event.preventDefault()
    button.classList.add('held')
    timer = setTimeout(fire, HOLD_MS)
  }

  function end() {
    button.classList.remove('held')
    clearTimeout(timer)
    timer = null
  }

  function fire() {
    end()
    if (navigator.vibrate) navigator.vibrate([200, 100, 200])
    safety.reached = false
    line.tap('', 'sos')
    Phone.lay('sos')()
  }

  for (const name of ['pointerdown', 'keydown']) button.addEventListener(name, begin)
  for (const name of ['pointerup', 'pointercancel', 'pointerleave', 'keyup', 'blur']) button.addEventListener(name, end)
  button.addEventListener('contextmenu', (event) => event.preventDefault())
  // A short touch does nothing but say what to do: whoever is in danger must not have to guess.
  button.addEventListener('click', () => (timer || Phone.sheet() === 'sos' ? null : Phone.lay('sos-how')()))

  safety.sheet = function (how) {
    const number = keep.centre()
    const state = how
      ? [h('h1', {}, t('In danger? Hold the SOS button for two seconds'))]
      : safety.waiting() || !safety.reached
        ? [h('h1', { class: 'sos-state', 'data-sos': 'waiting' }, t('SOS is not sent yet: no network. Telephone now!'))]
        : [h('h1', { class: 'sos-state', 'data-sos': 'sent' }, t('SOS has reached the centre: somebody is being sent'))]
    return h('div', { class: 'stack', role: 'alert' }, state,
      Phone.pieces.call(t('Ring the centre'), number, 'urgent'),
      Phone.pieces.call(t('Ring 110'), POLICE, 'urgent'),
      how ? null : h('p', {}, t('Get to a safe place if you can. Leave the telephone on.')))
  }

  // Help needed here: who comes must know why before they are at the door.
  safety.help = (send) =>
    h('div', { class: 'stack' },
      h('h1', {}, t('What do you need a second carer for?')),
      Object.keys(REASONS).map((reason) => Phone.pieces.button(REASONS[reason], () => send(reason, REASONS[reason]))),
      h('p', {}, t('In danger? Hold the SOS button for two seconds')))

  // Is it time to ask? The clock is the centre's, so that it also asks without a network.
  safety.asks = function (visit) {
    if (visit.stage !== 'arrived' || !visit.stay_due_at) return false
    const due = Date.parse(visit.stay_due_at)
    const answered = safety.fine[visit.id] || 0
    const passed = visit.stay_step !== 'reminder' || line.serverNow() >= due
    return passed && !(answered && line.serverNow() - answered < 60000) && !waitsFine(visit.id)
  }

  const waitsFine = (id) => line.waiting().some((tap) => tap.visit === id && tap.action === 'fine')

  safety.question = (visit) =>
    h('div', { class: 'notice well', role: 'alert' },
      h('p', {}, t('Are you well?'), h('span', { class: 'fix' }, t('Without an answer you are rung, and then somebody comes.'))),
      Phone.pieces.button(t('I am fine'), function () {
        safety.fine[visit.id] = line.serverNow()
        bell.nudge()
        line.tap(visit.id, 'fine')
        Phone.show()
      }, 'fine'))

  Phone.safety = safety
})(Phone)
