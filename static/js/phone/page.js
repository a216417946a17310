// The page itself: which state the carer is in, and what a touch does to it.
//
// The stage shown is the server's, moved on by the taps that still wait here. Only accepting is never taken for granted:
// until the centre has said yes the visit may belong to somebody else, so the button says "asking" meanwhile.
'use strict'
;(function (Phone) {
  const { t, keep, bell, line, safety, screens } = Phone
  const STALE_MS = Number(document.body.dataset.stale) * 1000
  const GUARD_MS = 1000 // the next button lies where the last one was: a double tap must not take two steps
  const UNDO_MS = 10000
  const AFTER_TAP = { accept: 'asking', depart: 'on_the_way', arrive: 'arrived' }
  const ENDS = ['decline', 'finish']
  const ASKED = ['offered', 'asking']
  const GOING = ['accepted', 'on_the_way', 'arrived']
  const OVER = ['cancelled', 'finished', 'requested', 'interrupted']
  const GONE = {
    accepted: t('Somebody else has accepted this job'),
    cancelled: t('This job was called off'),
    more_urgent: t('You are asked about something more urgent instead'),
    expired: t('Time was up: somebody else is asked'),
  }
  const byId = (id) => document.getElementById(id)

  const kept = keep.jobs()
  const now = {
    jobs: kept ? kept.jobs : [],
    duty: null, // {on_shift, shift_ends_at, done_today}, null until the centre has answered
    sheet: '', // numbers, maps, refusal, help, report, sos or sos-how, laid over the job
    notices: [],
    over: {}, // visits this carer has ended: their going is no surprise
    missing: false, // the report was sent off without saying how the person is
    undo: null, // {visit, step, until}: the last step, while it can be taken back with one touch
  }
  Phone.me = kept ? kept.me : null

  // --- what is true ---------------------------------------------------------------------------------------------

  function stageOf(job) {
    let stage = job.visit.stage
    for (const tap of line.waiting().filter((one) => one.visit === job.visit.id)) {
      if (tap.action === 'undo') stage = tap.fields.step === 'depart' ? 'accepted' : 'on_the_way'
      else if (ENDS.includes(tap.action)) stage = 'over'
      else stage = AFTER_TAP[tap.action] || stage
    }
    return stage
  }

  // An offer that may interrupt is shown over the present job; the centre asks about nothing else meanwhile.
  function current() {
    const live = now.jobs.map((job) => ({ job, stage: stageOf(job) }))
    const going = live.find((one) => GOING.includes(one.stage))
    const asked = live.find((one) => ASKED.includes(one.stage) && (!going || one.job.leaves))
    return asked || going || null
  }

  function remember() {
    const ended = line.waiting().filter((tap) => ENDS.includes(tap.action)).map((tap) => tap.visit)
    keep.openJobs(Phone.me, now.jobs.filter((job) => !ended.includes(job.visit.id)))
  }

  Phone.tell = function (text, fix) {
    if (now.notices.some((one) => one.text === text)) return
    now.notices.push({ text, fix: fix || '' })
    bell.nudge()
    show()
  }

  function missed({ visit }, gone) {
    if (now.over[visit.id]) return
    if (visit.stage !== 'offered') Phone.tell(t('This job is over: the centre has ended it'), t('Ring the centre if you are unsure'))
    else if (gone !== 'taken') Phone.tell(GONE[gone] || t('This job has gone to somebody else or was called off'))
  }

  Phone.heard = function (body) {
    if (Phone.me && Phone.me.id !== body.me.id) now.jobs = []
    Phone.me = body.me
    const there = (id) => body.jobs.find((job) => job.visit.id === id && !OVER.includes(job.visit.stage))
    const gone = (id) => ((body.gone || []).find((one) => one.visit === id) || {}).why
    for (const job of now.jobs) if (!there(job.visit.id)) missed(job, gone(job.visit.id))
    now.jobs = body.jobs.filter((job) => !OVER.includes(job.visit.stage))
    const left = line.waiting().map((tap) => tap.visit)
    for (const { visit } of now.jobs) if (!left.includes(visit.id)) delete now.over[visit.id]
    now.duty = { on_shift: body.on_shift, shift_ends_at: body.shift_ends_at, done_today: body.done_today }
    keep.saveCentre(body.centre_phone)
    remember()
    show() // at once: a finger must not meet the button of a job that has gone
  }

  Phone.taken = function (tap, visit) {
    if (tap.action === 'sos') safety.reached = true
    if (tap.action === 'accept') for (const job of now.jobs) if (job.visit.id === tap.visit && job.leaves) now.over[job.leaves] = true
    for (const job of now.jobs) if (visit && job.visit.id === visit.id) job.visit = visit
    if (ENDS.includes(tap.action)) now.jobs = now.jobs.filter((job) => job.visit.id !== tap.visit)
    remember()
  }

  // The centre's own words explain it; when the job goes with the step, that is no second surprise.
  Phone.refused = function (tap, body) {
    now.over[tap.visit] = true
    if (['accept', 'decline'].includes(tap.action)) now.jobs = now.jobs.filter((job) => job.visit.id !== tap.visit)
    Phone.tell(body.message || t('The centre did not take this step'), body.fix)
  }

  Phone.waiting = () => line.waiting().length + Phone.photos.waiting()
  Phone.offers = () => now.jobs.map((job) => job.visit).filter((visit) => visit.stage === 'offered').map((visit) => visit.id)
  Phone.underWay = () => !!now.duty && now.duty.on_shift && now.jobs.some((job) => GOING.includes(stageOf(job)))
  Phone.sheet = () => now.sheet

  // --- what a touch does ----------------------------------------------------------------------------------------

  let guardUntil = 0

  function step(visit, action, fields) {
    if (ENDS.includes(action)) now.over[visit] = true
    now.sheet = ''
    now.undo = ['depart', 'arrive'].includes(action) ? { visit, step: action, until: Date.now() + UNDO_MS } : null
    line.tap(visit, action, fields)
    remember()
    show()
  }

  function undo() {
    const { visit, step: taken } = now.undo
    now.undo = null
    line.tap(visit, 'undo', { step: taken })
    show()
  }

  function help(visit, reason, words) {
    now.sheet = ''
    line.tap(visit, 'help', { reason, words })
    Phone.tell(t('A second carer is asked for'), t('In danger? Hold the SOS button for two seconds'))
  }

  function finish(visit) {
    const { condition, done, door_code: doorCode, next, text } = keep.draft(visit)
    now.missing = !condition
    if (condition) {
      return step(visit, 'finish', { report: { condition, done, door_code: doorCode || '', next: next || '', text: text.trim() } })
    }
    show()
    byId('condition').scrollIntoView()
  }

  Phone.lay = (sheet) => () => {
    now.sheet = sheet
    show()
    byId('screen').scrollTop = 0
  }

  // A touch means the visit whose screen it was drawn on, whatever has become the current one meanwhile.
  const does = (visit) => ({
    undo,
    step: (action, fields) => step(visit, action, fields),
    help: (reason, words) => help(visit, reason, words),
    finish: () => finish(visit),
    missing: () => now.missing,
    seen: (one) => ((now.notices = now.notices.filter((other) => other !== one)), show()),
    next: {
      offered: () => step(visit, 'accept'), accepted: () => step(visit, 'depart'), on_the_way: () => step(visit, 'arrive'),
      arrived: Phone.lay('report'),
    },
  })

  // --- drawing --------------------------------------------------------------------------------------------------

  let drawn = ''
  let faced = { visit: '', stage: '' } // what the carer has before them

  // A sheet is of the visit it was opened for: on the next one a touch would say what nobody meant, and an offer
  // under it would not ring. Only what was opened because of a danger stays until the carer closes it.
  function turnTo(visit, stage) {
    if (visit === faced.visit && stage === faced.stage) return
    if (visit !== faced.visit) {
      now.missing = false
      if (!now.sheet.startsWith('sos')) now.sheet = ''
    }
    faced = { visit, stage }
    document.body.dataset.stage = stage
    guardUntil = Date.now() + GUARD_MS
    byId('screen').scrollTop = 0
  }

  // Draws only when something other than the time has changed, so that no button is swapped under a finger.
  function show() {
    const at = current()
    const stage = at ? at.stage : 'quiet'
    turnTo(at ? at.job.visit.id : '', stage)
    const well = !!at && safety.asks(at.job.visit)
    if (now.undo && (Date.now() > now.undo.until || !at || at.job.visit.id !== now.undo.visit)) now.undo = null
    const facts = JSON.stringify([stage, at && at.job, now.sheet, now.duty, now.notices, now.missing, bell.open(), well, now.undo,
      line.signedOut, !!line.csrf, Phone.waiting() > 0, safety.waiting(), safety.reached, Phone.plan.rows, Phone.rollcall.facts()])
    if (facts !== drawn) draw(at)
    drawn = facts
    const unseen = stage === 'offered' && ['', 'sos-how'].includes(now.sheet) // a sent SOS may have to be a quiet one
    bell.ring(unseen ? at.job.call.priority : well ? 2 : 0)
    bell.stayAwake(!!at || (bell.open() && !!now.duty && now.duty.on_shift))
    tick()
  }

  function draw(at) {
    const danger = now.sheet.startsWith('sos')
    const touches = does(faced.visit)
    const { main, foot } = danger ? screens.danger(now.sheet) : at ? screens.job(at, now.sheet, touches, present(at)) : screens.quiet(now.duty)
    byId('banners').replaceChildren(...screens.banners(at, now, touches).flat().filter(Boolean))
    byId('screen').replaceChildren(...[main].flat(3).filter(Boolean))
    byId('actions').replaceChildren(...foot.filter(Boolean))
    guard()
  }

  const present = ({ job }) => (job.leaves ? now.jobs.find((other) => other.visit.id === job.leaves) : null)

  function guard() {
    const next = byId('next')
    const left = guardUntil - Date.now()
    if (!next || left <= 0 || next.disabled) return
    next.disabled = true
    setTimeout(() => (next.disabled = false), left)
  }

  // What changes with the time alone: the countdown, the age of the last contact, what waits to be sent.
  function tick() {
    const waiting = Phone.waiting()
    byId('sync').textContent = waiting
      ? t('{n} waiting to be sent', { n: waiting })
      : line.contactAt ? t('all sent {time}', { time: Phone.clock(line.contactAt) }) : t('not yet connected')
    byId('sync').className = waiting ? 'waiting' : ''
    const age = line.contactAt ? Date.now() - line.contactAt : performance.now()
    const words = line.contactAt ? t('{n} s ago', { n: Math.round(age / 1000) }) : t('no contact')
    byId('live').textContent = (age > STALE_MS ? '⚠ ' : '') + words
    byId('live').className = age > STALE_MS ? 'stale' : ''
    countDown()
    Phone.pieces.countPhotos()
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
    show()
  }, 500)
  if ('serviceWorker' in navigator) navigator.serviceWorker.register('/phone/sw.js', { scope: '/phone' }).catch(() => {})
  show()
  Phone.countPhotos()
  line.hurry()
})(Phone)
