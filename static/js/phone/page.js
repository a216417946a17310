// The page itself: which state the carer is in, what is on the screen for it, and the one next button.
//
// The stage shown is the server's, moved on by the taps that still wait here. Only accepting is never taken for granted:
// until the centre has said yes the visit may belong to somebody else, so the button says "asking" meanwhile.
'use strict'
;(function (Phone) {
  const { h, t, keep, bell, line } = Phone
  const p = Phone.pieces
  const STALE_MS = Number(document.body.dataset.stale) * 1000
  const GUARD_MS = 1000 // the next button lies where the last one was: a double tap must not take two steps
  const AFTER_TAP = { accept: 'asking', depart: 'on_the_way', arrive: 'arrived' }
  const byId = (id) => document.getElementById(id)

  const kept = keep.jobs()
  const now = {
    jobs: kept ? kept.jobs : [],
    duty: null, // {on_shift, shift_ends_at, done_today}, null until the centre has answered
    sheet: '', // numbers, refusal or report, laid over the job
    notices: [],
    over: {}, // visits this carer has ended: their going is no surprise
    missing: false, // the report was sent off without saying how the person is
  }
  Phone.me = kept ? kept.me : null

  // --- what is true ---------------------------------------------------------------------------------------------

  function current() {
    for (const job of now.jobs) {
      let stage = job.visit.stage
      for (const tap of line.waiting().filter((one) => one.visit === job.visit.id)) stage = AFTER_TAP[tap.action] || 'over'
      if (['offered', 'asking', 'accepted', 'on_the_way', 'arrived'].includes(stage)) return { job, stage }
    }
    return null
  }

  function remember() {
    const ended = line.waiting().filter((tap) => !AFTER_TAP[tap.action]).map((tap) => tap.visit)
    keep.openJobs(Phone.me, now.jobs.filter((job) => !ended.includes(job.visit.id)))
  }

  function tell(text, fix) {
    if (now.notices.some((one) => one.text === text)) return
    now.notices.push({ text, fix: fix || '' })
    bell.nudge()
  }

  Phone.heard = function (body) {
    if (Phone.me && Phone.me.id !== body.me.id) now.jobs = []
    Phone.me = body.me
    const there = (id) => body.jobs.find((job) => job.visit.id === id)
    for (const { visit } of now.jobs) {
      const still = there(visit.id)
      if ((still && !['cancelled', 'finished', 'requested'].includes(still.visit.stage)) || now.over[visit.id]) continue
      if (visit.stage === 'offered') tell(t('This job has gone to somebody else or was called off'))
      else tell(t('This job is over: the centre has ended it'), t('Ring the centre if you are unsure'))
    }
    now.jobs = body.jobs.filter((job) => !['cancelled', 'finished', 'requested'].includes(job.visit.stage))
    const left = line.waiting().map((tap) => tap.visit)
    for (const { visit } of now.jobs) if (!left.includes(visit.id)) delete now.over[visit.id]
    now.duty = { on_shift: body.on_shift, shift_ends_at: body.shift_ends_at, done_today: body.done_today }
    keep.saveCentre(body.centre_phone)
    remember()
  }

  Phone.taken = function (tap, visit) {
    for (const job of now.jobs) if (visit && job.visit.id === visit.id) job.visit = visit
    if (!AFTER_TAP[tap.action]) now.jobs = now.jobs.filter((job) => job.visit.id !== tap.visit)
    remember()
  }

  // The centre's own words explain it; when the job goes with the step, that is no second surprise.
  Phone.refused = function (tap, body) {
    now.over[tap.visit] = true
    if (['accept', 'decline'].includes(tap.action)) now.jobs = now.jobs.filter((job) => job.visit.id !== tap.visit)
    tell(body.message || t('The centre did not take this step'), body.fix)
  }

  // --- what a touch does ----------------------------------------------------------------------------------------

  let guardUntil = 0

  function step(action, fields) {
    const job = current().job
    if (!AFTER_TAP[action]) now.over[job.visit.id] = true
    now.sheet = ''
    line.tap(job.visit.id, action, fields)
    remember()
    show()
  }

  function finish() {
    const visit = current().job.visit.id
    const { condition, done, text } = keep.draft(visit)
    now.missing = !condition
    if (condition) return step('finish', { report: { condition, done, text: text.trim() } })
    show()
    byId('condition').scrollIntoView()
  }

  const lay = (sheet) => () => {
    now.sheet = sheet
    show()
    byId('screen').scrollTop = 0
  }

  // --- what is on the screen ------------------------------------------------------------------------------------

  const offer = (job) => [p.what(job), p.where(job.home), p.who(job.residents)]
  const open = (job) => [p.what(job), p.where(job.home), p.wayIn(job.home), p.who(job.residents), p.copyAddress(job.home)]
  const atDoor = (job) => [p.who(job.residents), p.where(job.home), p.wayIn(job.home), p.what(job)]

  const NEXT = {
    offered: [t('Accept'), () => step('accept')],
    accepted: [t('I am leaving now'), () => step('depart')],
    on_the_way: [t('I am there'), () => step('arrive')],
    arrived: [t('Finish and report'), lay('report')],
  }
  const LOOK = { offered: offer, asking: offer, accepted: open, on_the_way: open, arrived: atDoor }

  function sheet(job) {
    if (now.sheet === 'numbers') return p.numbers(job)
    if (now.sheet === 'refusal') return p.refusal((reason) => step('decline', { reason }))
    return [now.missing ? h('p', { class: 'mend', role: 'alert' }, t('First say how the person is')) : null,
      p.report(keep.draft(job.visit.id), keep.saveDraft)]
  }

  function primary(words, act) {
    return h('button', { type: 'button', id: 'next', class: 'primary', onclick: act, disabled: !act }, words)
  }

  function jobScreen({ job, stage }) {
    const back = p.button(t('Back'), lay(''))
    if (now.sheet && stage !== 'asking') {
      const send = now.sheet === 'report' ? primary(t('Send report and finish'), finish) : null
      return { main: sheet(job), foot: [h('div', { class: 'pair' }, back), send] }
    }
    const refuse = stage === 'offered' ? p.button(t('I cannot go'), lay('refusal')) : null
    const ring = ['offered', 'asking'].includes(stage)
      ? p.call(t('Ring the centre'), job.centre_phone || keep.centre())
      : p.button(t('Telephone'), lay('numbers'))
    const map = ['accepted', 'on_the_way'].includes(stage) ? p.navigate(job.home) : null
    const [words, act] = NEXT[stage] || [t('Asking the centre…'), null]
    return { main: LOOK[stage](job), foot: [h('div', { class: 'pair' }, refuse, map, ring), primary(words, act)] }
  }

  function quietScreen() {
    const duty = now.duty
    const ends = duty && duty.shift_ends_at ? t('Your shift ends at {time}', { time: Phone.clock(Date.parse(duty.shift_ends_at)) }) : ''
    const head = !duty ? t('Asking the centre…') : duty.on_shift ? t('No job at the moment') : t('You are off shift')
    const main = h('div', { class: 'quiet' },
      h('p', { class: 'name' }, Phone.me ? Phone.me.name : ''),
      h('h1', {}, head),
      h('p', {}, ends),
      duty && duty.on_shift ? h('p', {}, t('Keep this page open: it rings when you are needed.')) : null,
      duty ? h('p', { class: 'muted' }, t('Jobs done today: {n}', { n: duty.done_today })) : null,
      wayOut())
    const sound = duty && duty.on_shift && !bell.open() && bell.possible()
      ? primary(t('Start: turn the sound on'), () => bell.test().then(show))
      : null
    return { main, foot: [h('div', { class: 'pair' }, p.call(t('Ring the centre'), keep.centre()),
      sound || !duty || !duty.on_shift ? null : p.button(t('Test the sound'), bell.test)), sound] }
  }

  function wayOut() {
    if (!line.csrf) return null
    if (line.waiting().length) return h('p', { class: 'muted' }, t('Log out is possible when everything has been sent.'))
    return h('form', { method: 'post', action: '/logout', onsubmit: keep.forget },
      h('input', { type: 'hidden', name: 'csrf_token', value: line.csrf }),
      h('button', { class: 'plain' }, t('Log out')))
  }

  const notice = (one) =>
    h('div', { class: 'notice' },
      h('p', {}, one.text, one.fix ? h('span', { class: 'fix' }, one.fix) : null),
      p.button(t('Understood'), () => ((now.notices = now.notices.filter((other) => other !== one)), show())))

  function banners(stage) {
    const unheard = stage === 'offered' && bell.possible() && !bell.open()
    return [
      line.signedOut ? h('a', { class: 'button banner', href: '/login?next=/phone' }, t('You are logged out: touch to log in')) : null,
      unheard ? h('button', { type: 'button', class: 'banner', id: 'sound', onclick: bell.test }, t('Touch here to turn the sound on')) : null,
      now.notices.map(notice),
    ]
  }

  // --- drawing --------------------------------------------------------------------------------------------------

  let drawn = ''

  // Draws only when something other than the time has changed, so that no button is swapped under a finger.
  function show() {
    const at = current()
    const stage = at ? at.stage : 'quiet'
    const facts = JSON.stringify([stage, at && at.job, now.sheet, now.duty, now.notices, now.missing, bell.open(),
      line.signedOut, !!line.csrf, line.waiting().length > 0])
    if (facts !== drawn) draw(at, stage)
    drawn = facts
    bell.ring(at && stage === 'offered' && !now.sheet ? at.job.call.priority : 0)
    bell.stayAwake(!!at || (bell.open() && !!now.duty && now.duty.on_shift))
    tick()
  }

  function draw(at, stage) {
    if (!at) now.sheet = ''
    if (document.body.dataset.stage !== stage) {
      guardUntil = Date.now() + GUARD_MS
      byId('screen').scrollTop = 0
    }
    document.body.dataset.stage = stage
    const { main, foot } = at ? jobScreen(at) : quietScreen()
    byId('banners').replaceChildren(...banners(stage).flat().filter(Boolean))
    byId('screen').replaceChildren(...[main].flat(3).filter(Boolean))
    byId('actions').replaceChildren(...foot.filter(Boolean))
    guard()
  }

  function guard() {
    const next = byId('next')
    const left = guardUntil - Date.now()
    if (!next || left <= 0 || next.disabled) return
    next.disabled = true
    setTimeout(() => (next.disabled = false), left)
  }

  // What changes with the time alone: the countdown, the age of the last contact, what waits to be sent.
  function tick() {
    const waiting = line.waiting().length
    byId('sync').textContent = waiting
      ? t('{n} waiting to be sent', { n: waiting })
      : line.contactAt ? t('all sent {time}', { time: Phone.clock(line.contactAt) }) : t('not yet connected')
    byId('sync').className = waiting ? 'waiting' : ''
    const age = line.contactAt ? Date.now() - line.contactAt : performance.now()
    const words = line.contactAt ? t('{n} s ago', { n: Math.round(age / 1000) }) : t('no contact')
    byId('live').textContent = (age > STALE_MS ? '⚠ ' : '') + words
    byId('live').className = age > STALE_MS ? 'stale' : ''
    countDown()
  }

  function countDown() {
    const at = current()
    const next = byId('next')
    if (!next || !at || at.stage !== 'offered' || now.sheet) return
    const left = Math.ceil((Date.parse(at.job.visit.offer_due_at) - line.serverNow()) / 1000)
    next.textContent = left > 0 ? t('Accept · {n} s', { n: left }) : t('Accept · time is up')
    document.title = t('New job!')
  }

  Phone.show = show
  setInterval(function () {
    document.title = t('My jobs')
    tick()
  }, 500)
  if ('serviceWorker' in navigator) navigator.serviceWorker.register('/phone/sw.js', { scope: '/phone' }).catch(() => {})
  show()
  line.hurry()
})(Phone)
