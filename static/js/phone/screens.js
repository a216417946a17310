// What is on the screen: for each stage of a job one screen with one big next button, sheets laid over it, and the calm
// screen without a job. It decides nothing: what a touch does is in page.js.
'use strict'
;(function (Phone) {
  const { h, t, keep, bell, line, maps, safety } = Phone
  const p = Phone.pieces

  const offer = (job) => [p.what(job), p.where(job.home), p.who(job.residents)]
  const open = (job) => [p.what(job), p.unprotected(job), p.where(job.home), p.wayIn(job.home), p.who(job.residents), otherMap(job)]
  const atDoor = (job) => [p.proof(job.visit), p.unprotected(job), p.who(job.residents), p.where(job.home), p.wayIn(job.home), p.what(job)]
  const LOOK = { offered: offer, asking: offer, accepted: open, on_the_way: open, arrived: atDoor }
  const WORDS = {
    offered: t('Accept'), accepted: t('I am leaving now'), on_the_way: t('I am there'), arrived: t('Finish and report'),
  }

  const otherMap = (job) => p.button(t('Maps, copy address'), Phone.lay('maps'), 'copy')

  function primary(words, act) {
    return h('button', { type: 'button', id: 'next', class: 'primary', onclick: act, disabled: !act }, words)
  }

  const SHEETS = {
    numbers: ({ job }) => p.numbers(job),
    maps: ({ job }) => maps.sheet(job),
    refusal: (at, does) => p.refusal((reason) => does.step('decline', { reason })),
    help: (at, does) => safety.help(does.help),
    report: ({ job }, does) => [
      does.missing() ? h('p', { class: 'mend', role: 'alert' }, t('First say how the person is')) : null,
      p.report(keep.draft(job.visit.id), keep.saveDraft, !!(job.home && job.home.door_code)),
    ],
  }

  const screens = {}

  // `at` is {job, stage}; `does` what the touches do; `sheet` what is laid over it.
  screens.job = function (at, sheet, does, present) {
    const { job, stage } = at
    const back = p.button(t('Back'), Phone.lay(''))
    if (SHEETS[sheet] && stage !== 'asking') {
      const send = sheet === 'report' ? primary(t('Send report and finish'), does.finish) : null
      return { main: SHEETS[sheet](at, does), foot: [h('div', { class: 'pair' }, back), send] }
    }
    const asked = ['offered', 'asking'].includes(stage)
    const leaves = asked && present ? p.leaves(present) : null
    const beside = asked
      ? [stage === 'offered' ? p.button(t('I cannot go'), Phone.lay('refusal')) : null,
         p.call(t('Ring the centre'), job.centre_phone || keep.centre())]
      : [stage === 'arrived' ? null : maps.go(job, Phone.lay('maps')),
         p.button(t('Telephone'), Phone.lay('numbers')), p.button(t('Need help'), Phone.lay('help'))]
    const next = WORDS[stage] ? primary(WORDS[stage], does.next[stage]) : primary(t('Asking the centre…'), null)
    return { main: [leaves, LOOK[stage](job)], foot: [h('div', { class: 'pair' }, beside), next] }
  }

  screens.danger = (sheet) => ({
    main: safety.sheet(sheet === 'sos-how'),
    foot: [h('div', { class: 'pair' }, p.button(t('Back'), Phone.lay('')))],
  })

  screens.quiet = function (duty) {
    const ends = duty && duty.shift_ends_at ? t('Your shift ends at {time}', { time: Phone.clock(Date.parse(duty.shift_ends_at)) }) : ''
    const head = !duty ? t('Asking the centre…') : duty.on_shift ? t('No job at the moment') : t('You are off shift')
    const main = h('div', { class: 'quiet' },
      h('p', { class: 'name' }, Phone.me ? Phone.me.name : ''),
      h('h1', {}, head),
      h('p', {}, ends),
      duty && duty.on_shift ? h('p', {}, t('Keep this page open: it rings when you are needed.')) : null,
      duty ? h('p', { class: 'muted' }, t('Jobs done today: {n}', { n: duty.done_today })) : null,
      Phone.plan.show(),
      wayOut())
    const sound = duty && duty.on_shift && !bell.open() && bell.possible()
      ? primary(t('Start: turn the sound on'), () => bell.test().then(Phone.show))
      : null
    return { main, foot: [h('div', { class: 'pair' }, p.call(t('Ring the centre'), keep.centre()),
      sound || !duty || !duty.on_shift ? null : p.button(t('Test the sound'), bell.test)), sound] }
  }

  function wayOut() {
    if (!line.csrf) return null
    if (Phone.waiting()) return h('p', { class: 'muted' }, t('Log out is possible when everything has been sent.'))
    const forget = () => (keep.forget(), Phone.photos.forget())
    return h('form', { method: 'post', action: '/logout', onsubmit: forget },
      h('input', { type: 'hidden', name: 'csrf_token', value: line.csrf }),
      h('button', { class: 'plain' }, t('Log out')))
  }

  const notice = (one, seen) =>
    h('div', { class: 'notice' },
      h('p', {}, one.text, one.fix ? h('span', { class: 'fix' }, one.fix) : null),
      p.button(t('Understood'), () => seen(one)))

  const TAKEN = { depart: t('Noted: on the way'), arrive: t('Noted: arrived') }

  screens.banners = function (at, now, does) {
    const unheard = at && at.stage === 'offered' && bell.possible() && !bell.open()
    const unsent = safety.waiting() && !now.sheet.startsWith('sos')
    return [
      unsent ? p.button(t('SOS is not sent yet: no network. Telephone now!'), Phone.lay('sos'), 'banner danger') : null,
      line.signedOut ? h('a', { class: 'button banner', href: '/login?next=/phone' }, t('You are logged out: touch to log in')) : null,
      unheard ? h('button', { type: 'button', class: 'banner', id: 'sound', onclick: bell.test }, t('Touch here to turn the sound on')) : null,
      at && safety.asks(at.job.visit) ? safety.question(at.job.visit) : null,
      now.undo ? h('div', { class: 'notice undo' }, h('p', { role: 'status' }, TAKEN[now.undo.step]),
        p.button(t('Take it back'), does.undo)) : null,
      now.notices.map((one) => notice(one, does.seen)),
    ]
  }

  Phone.screens = screens
})(Phone)
