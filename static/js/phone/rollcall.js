// The carer's share of a roll call: everybody on it, those at the highest risk first, and what was found at each door.
//
// The list stays on the phone while the roll call runs, because it is needed when the network is gone; taps wait in the
// same queue as those of a visit. What is ticked counts at once here, and at the centre when it has been sent.
'use strict'
;(function (Phone) {
  const { h, t, keep } = Phone
  const EVERY_MS = 10000
  const PATH = '/api/v1/phone/rollcall'
  const HOW = { safe: t('Safe'), not_reached: t('Not reached'), help: t('Needs help'), in_case: t('In a case') }
  const roll = { rolls: keep.rollcall() || [], open: '' }
  let askedAt = 0

  roll.fetch = async function () {
    if (Date.now() - askedAt < EVERY_MS) return
    askedAt = Date.now()
    const { status, body } = await Phone.line.ask(PATH)
    if (status !== 200) return
    const known = roll.rolls.map((one) => one.id)
    roll.rolls = body.rollcalls
    for (const one of roll.rolls) if (!known.includes(one.id)) Phone.tell(one.drill ? t('A drill of a roll call has begun: your list is here') : t('A roll call has begun: your list is here'))
    keep.saveRollcall(roll.rolls)
  }

  roll.path = (tap) => PATH + '/' + tap.visit + (tap.action === 'rollcall-back' ? '/back' : '')
  roll.taken = function (tap, mark) {
    for (const one of roll.rolls) for (const home of one.homes) if (mark && home.home_id === mark.home_id && one.id === mark.rollcall_id) Object.assign(home, { state: mark.state, tries: mark.tries })
    keep.saveRollcall(roll.rolls)
  }
  roll.ours = (tap) => tap.action === 'rollcall' || tap.action === 'rollcall-back'

  // What is true of a home, with the taps that still wait here.
  function stateOf(one, home) {
    const id = one.id + '/' + home.home_id
    return Phone.line.waiting().filter((tap) => roll.ours(tap) && tap.visit === id)
      .reduce((state, tap) => (tap.action === 'rollcall' ? tap.fields.state : 'left'), home.state)
  }

  const known = (state) => state === 'safe' || state === 'help' || state === 'in_case'
  roll.facts = () => [roll.open, roll.rolls.map((one) => one.homes.map((home) => stateOf(one, home)))]

  function say(one, home, action, fields) {
    roll.open = ''
    Phone.line.tap(one.id + '/' + home.home_id, action, fields)
    Phone.show()
  }

  const where = (home) => [home.community, home.building, home.unit, home.door].filter(Boolean).join(' ')

  function entry(one, home) {
    const id = one.id + '/' + home.home_id
    const state = stateOf(one, home)
    const names = home.people.map((person) => person.name + (person.age ? ' ' + person.age : '')).join('、')
    const touch = () => ((roll.open = roll.open === id ? '' : id), Phone.show())
    const head = h('button', { type: 'button', class: 'roll-home' + (home.at_risk ? ' risk' : ''), 'aria-expanded': roll.open === id ? 'true' : 'false', onclick: touch },
      h('b', {}, home.tier + ' ' + names), h('span', { class: 'place' }, where(home)),
      state === 'left' ? null : h('span', { class: 'roll-state' }, (known(state) ? '✓ ' : '… ') + HOW[state]))
    return h('li', { class: known(state) ? 'done' : '', 'data-home': home.home_id }, head, roll.open === id ? inside(one, home, state) : null)
  }

  function inside(one, home, state) {
    const p = Phone.pieces
    const tell = (fields) => () => say(one, home, 'rollcall', fields)
    if (known(state)) return h('div', { class: 'roll-inside' }, p.button(t('Take it back'), () => say(one, home, 'rollcall-back', {})))
    const critical = home.people.map((person) => person.critical.join('；')).filter(Boolean).join('；')
    const phones = [home.phone].concat(home.people.map((person) => person.phone)).filter((phone, at, all) => phone && all.indexOf(phone) === at)
    return h('div', { class: 'roll-inside' },
      critical ? h('p', { class: 'why' }, critical) : null,
      home.way_in || home.key_holder ? h('p', {}, [home.way_in, home.key_holder ? t('Key: {who}', { who: home.key_holder }) : ''].filter(Boolean).join(' · ')) : null,
      h('div', { class: 'pair' }, phones.map((phone) => p.call(phone, phone)), home.contact ? p.call(home.contact.relation + ' ' + home.contact.name, home.contact.phone) : null),
      h('div', { class: 'pair' }, p.button(t('Safe, I saw them'), tell({ state: 'safe', how: 'seen' }), 'primary-like'), p.button(t('Safe, we spoke'), tell({ state: 'safe', how: 'spoke' }), 'primary-like')),
      h('div', { class: 'pair' }, p.button(t('Not reached'), tell({ state: 'not_reached' })), p.button(t('Needs help'), tell({ state: 'help' }), 'danger')))
  }

  roll.show = function () {
    return roll.rolls.map((one) => {
      const states = one.homes.map((home) => stateOf(one, home))
      const left = states.filter((state) => !known(state)).length
      const ordered = one.homes.map((home, at) => [known(states[at]), home]).sort((a, b) => a[0] - b[0] || a[1].number - b[1].number)
      return h('section', { class: 'roll' },
        one.drill ? h('p', { class: 'drill' }, t('DRILL: nobody is sent')) : null,
        h('h2', {}, t('Roll call: {left} of {all} left', { left, all: one.homes.length })),
        one.words ? h('p', {}, one.words) : null,
        h('ul', {}, ordered.map(([, home]) => entry(one, home))))
    })
  }

  Phone.rollcall = roll
})(Phone)
