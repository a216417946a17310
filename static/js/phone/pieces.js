// The pieces a screen is made of: what happened, where, who, whom to ring, and the two forms.
'use strict'
;(function (Phone) {
  const h = Phone.h
  const t = Phone.t

  const PRIORITIES = { 1: ['▲', t('Emergency')], 2: ['◆', t('Urgent')], 3: ['●', t('Service')], 4: ['■', t('Device')] }
  const KINDS = {
    sos: t('Emergency call'), fall: t('Fall'), service: t('Service request'), family: t('Family key'),
    duress: t('Duress'), inactivity: t('No movement'), smoke: t('Smoke'), gas: t('Gas'), water: t('Water leak'),
    carbon_monoxide: t('Carbon monoxide'), device_lost: t('Pager not heard'), fault: t('Device fault'),
    low_battery: t('Low battery'), mains_lost: t('Mains lost'), temperature: t('Temperature'), door: t('Door'),
    intrusion: t('Intrusion'), wandering: t('Left the area'), medication: t('Medicine not taken'),
    carer_sos: t('A carer asks for help'), not_worn: t('Watch or pager taken off'), tamper: t('Tamper'), link_fault: t('Link fault'), unknown: t('Unknown signal'),
    welfare: t('Welfare call'), device_silent: t('Device silent'), booking: t('Booked visit'),
  }
  // Why a machine has sent somebody; what a person said of it stands in their own words.
  const WHY = { nobody_heard: t('Nobody is heard'), help_needed_here: t('A carer asks for help') }
  const LANGUAGES = {
    qinghai: t('Qinghai dialect'), bo: t('Amdo Tibetan'), mjg: t('Monguor'), slr: t('Salar'),
  }
  const CONDITIONS = {
    well: t('Well, nothing needed'), settled: t('Better, settled at home'), hurt: t('Hurt, handed to ambulance'),
    ill: t('Ill, handed to ambulance'), absent: t('Nobody there'), refused: t('Did not let me in'),
  }
  const DONE = {
    helped_up: t('Helped up'), comforted: t('Talked and calmed'), medicine: t('Helped with own medicine'),
    rang_family: t('Rang the family'), rang_120: t('Rang 120'), device: t('Looked at the device'),
    test_press: t('Test press of the device done'),
  }
  const DOOR_CODES = { right: t('Door code right'), wrong: t('Door code wrong') }
  const NEXT_STEPS = {
    nothing: t('Nothing more needed'), call_back: t('The centre rings later'), visit_again: t('Somebody visits again'),
    doctor: t('A doctor should look'), family: t('The family takes over'), repair: t('The device needs repair'),
  }
  const PROOFS = { pager: t('key pressed in the home'), tag: t('tag at the door'), gps: t('position agrees') }
  const REFUSALS = [
    t('Helping somebody else now'), t('Too far, I would be late'), t('My e-bike or car does not run'),
    t('I am not well'), t('My shift is over'),
  ]

  const p = {}

  p.button = (words, act, look) => h('button', { type: 'button', class: look || '', onclick: act }, words)

  p.call = (words, number, look) =>
    number ? h('a', { class: 'button ' + (look || ''), href: 'tel:' + number.replace(/[^+\d]/g, '') }, words) : null

  p.what = function (job) {
    const [shape, name] = PRIORITIES[job.call.priority] || PRIORITIES[3]
    const kind = KINDS[job.call.kind] || job.call.kind
    const reason = WHY[job.call.reason] || job.call.reason
    const presses = job.call.presses > 1 ? t('pressed {n} times', { n: job.call.presses }) : ''
    const minutes = Math.max(1, Math.round(job.visit.eta_seconds / 60))
    const arrival = job.visit.eta_seconds && job.visit.stage === 'offered' ? t('about {n} min', { n: minutes }) : ''
    return h('div', { class: 'what p' + job.call.priority },
      h('h1', { class: 'what-kind' }, shape + ' ' + name + ' · ' + kind),
      h('p', {}, [Phone.clock(Date.parse(job.call.opened_at)), presses, arrival].filter(Boolean).join(' · ')),
      reason ? h('p', { class: 'why' }, reason) : null)
  }

  // The door in the biggest letters on the page: building, unit, door; the street under it.
  p.where = function (home) {
    if (!home) return h('p', { class: 'door' }, t('Address not on file: ring the centre'))
    const door = [home.building, home.unit, home.door].filter(Boolean).join(' ')
    const lift = home.lift === true ? t('lift') : home.lift === false ? t('no lift') : ''
    const floor = home.floor != null ? t('floor {n}', { n: home.floor }) : ''
    return h('div', { class: 'where' },
      h('p', { class: 'door' }, door || home.address),
      door ? h('p', { class: 'street' }, home.address) : null,
      h('p', { class: 'floor' }, [floor, lift].filter(Boolean).join(' · ')))
  }

  p.wayIn = function (home) {
    const lines = home
      ? [[t('Door code'), home.door_code], [t('Way in'), home.way_in], [t('Key'), home.key_holder],
         [t('Key safe'), home.key_safe ? t('yes') : '']].filter((line) => line[1])
      : []
    if (!lines.length) return null
    return h('dl', { class: 'way-in' }, lines.map(([name, text]) => [h('dt', {}, name), h('dd', {}, text)]))
  }

  p.copyAddress = function (home) {
    if (!home) return null
    const text = [home.address, home.building, home.unit, home.door].filter(Boolean).join(' ')
    const button = h('button', { type: 'button', class: 'copy', onclick: () => p.copy(text, button) }, t('Copy address'))
    return button
  }

  // navigator.clipboard needs https; the old way works everywhere.
  p.copy = function (text, button) {
    const said = (words) => (button.textContent = words)
    const old = function () {
      const field = h('textarea', { class: 'unseen', readonly: true })
      field.value = text
      document.body.append(field)
      field.select()
      said(document.execCommand('copy') ? t('Copied') : text)
      field.remove()
    }
    if (navigator.clipboard) navigator.clipboard.writeText(text).then(() => said(t('Copied')), old)
    else old()
  }

  // How the centre knows that the carer is there, and what would prove it better.
  p.proof = function (visit) {
    if (visit.proof === 'pager' || visit.proof === 'tag') {
      return h('p', { class: 'proof proved' }, '✓ ' + t('Arrival proved: {how}', { how: PROOFS[visit.proof] }))
    }
    const words = visit.proof === 'gps' ? '✓ ' + t('Your position agrees. Press the pager in the home too.') : t('Press the pager in the home now, or read the tag at the door.')
    return h('p', { class: 'proof' }, words)
  }

  // An emergency is asked of a carer who is with somebody else: what saying yes does to that somebody.
  p.leaves = (present) =>
    h('p', { class: 'leaves' }, t('You leave the present visit for it: {name} is told, and it is booked anew.', {
      name: present.residents.map((person) => person.name).join('、') || t('the home') }))

  // Whoever comes to a home whose alarm is broken must know it, and is the one who can try it.
  p.unprotected = (job) =>
    job.unprotected
      ? h('p', { class: 'why' }, '⚠ ' + t('The alarm in this home is not reliable now: have the pager pressed as a test, and say what you see.'))
      : null

  p.who = (residents) =>
    residents.map((person) => {
      const sex = { F: t('woman'), M: t('man') }[person.sex] || ''
      const age = person.age != null ? t('{n} years', { n: person.age }) : ''
      return h('div', { class: 'who' },
        h('p', { class: 'name' }, person.name, ' ',
          h('span', { class: 'facts' }, [sex, age, LANGUAGES[person.language]].filter(Boolean).join(' · '))),
        (person.critical || []).length
          ? h('ul', { class: 'critical' }, person.critical.map((text) => h('li', {}, '⚠ ' + text)))
          : null)
    })

  p.numbers = function (job) {
    const seen = {}
    const row = function (who, number) {
      if (!number || seen[number]) return null
      seen[number] = true
      return p.call([h('span', {}, who), h('span', { class: 'number' }, number)], number, 'line')
    }
    const home = job.home || {}
    return h('div', { class: 'stack' },
      h('h1', {}, t('Telephone')),
      job.residents.map((person) => row(person.name, person.phone)),
      row(t('Telephone of the home'), home.phone),
      job.contacts.map((one) => row(one.name + (one.relation ? ' (' + one.relation + ')' : ''), one.phone)),
      row(t('The centre'), job.centre_phone || Phone.keep.centre()))
  }

  p.refusal = function (send) {
    const text = h('textarea', { rows: 2, maxlength: 200, id: 'other', 'aria-label': t('Another reason') })
    return h('div', { class: 'stack' },
      h('h1', {}, t('Why can you not go?')),
      REFUSALS.map((reason) => p.button(reason, () => send(reason))),
      h('label', { for: 'other' }, t('Another reason')),
      text,
      p.button(t('Send this reason'), () => (text.value.trim() ? send(text.value.trim()) : text.focus())))
  }

  // What was found and what was done; every change is kept at once, so that a reload loses nothing.
  p.report = function (draft, changed, hasCode) {
    const one = (field) => (code) => (draft[field] = draft[field] === code ? '' : code)
    const choices = (facts, chosen, pick) =>
      h('div', { class: 'choices' }, Object.keys(facts).map(function (code) {
        const button = h('button', { type: 'button', 'data-code': code, 'aria-pressed': String(chosen(code)) }, facts[code])
        button.addEventListener('click', function () {
          pick(code)
          changed(draft)
          for (const one of button.parentElement.children) one.setAttribute('aria-pressed', String(chosen(one.dataset.code)))
        })
        return button
      }))
    const text = h('textarea', { rows: 3, maxlength: 1000, id: 'text' })
    text.value = draft.text
    text.addEventListener('input', () => ((draft.text = text.value), changed(draft)))
    return h('div', { class: 'stack report' },
      h('h1', { id: 'condition' }, t('How is the person?')),
      choices(CONDITIONS, (code) => draft.condition === code, (code) => (draft.condition = code)),
      h('h1', {}, t('What did you do?')),
      choices(DONE, (code) => draft.done.includes(code), function (code) {
        draft.done = draft.done.includes(code) ? draft.done.filter((one) => one !== code) : draft.done.concat(code)
      }),
      hasCode
        ? [h('h1', {}, t('Was the door code right?')), choices(DOOR_CODES, (code) => draft.door_code === code, one('door_code'))]
        : null,
      h('h1', {}, t('What next?')),
      choices(NEXT_STEPS, (code) => draft.next === code, one('next')),
      h('label', { for: 'text' }, t('Anything else (may stay empty)')),
      text,
      p.camera(draft.visit))
  }

  // A picture is taken with the phone's own camera; how many the centre has, and how many wait, is always said.
  p.camera = function (visit) {
    const field = h('input', { type: 'file', accept: 'image/*', capture: 'environment', id: 'photo', class: 'unseen' })
    field.addEventListener('change', function () {
      for (const file of field.files) {
        Phone.photos.add(visit, file).catch(() => Phone.tell(t('This picture cannot be used'), t('Take it again')))
      }
      field.value = ''
    })
    return h('div', { class: 'camera' }, field,
      h('label', { for: 'photo', class: 'button' }, t('Take a photo (may be left out)')),
      h('p', { class: 'muted', role: 'status', id: 'photos', 'data-visit': visit }))
  }

  // Beside the drawing, so that a photo that is sent does not take the pen out of a half-written report.
  p.countPhotos = function () {
    const place = document.getElementById('photos')
    if (!place) return
    const visit = place.dataset.visit
    const { sent, ofVisit } = Phone.photos
    const said = [sent[visit] ? t('{n} photos sent', { n: sent[visit] }) : '', ofVisit[visit] ? t('{n} waiting to be sent', { n: ofVisit[visit] }) : '']
    const words = said.filter(Boolean).join(' · ')
    if (place.textContent !== words) place.textContent = words
  }

  Phone.pieces = p
})(Phone)
