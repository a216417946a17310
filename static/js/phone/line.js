// The line to the centre: asks for the jobs again and again, and sends the taps in their order.
//
// The page asks every few seconds instead of holding a socket open. A phone in a stairwell, a lift or a pocket loses
// its connection many times a shift without being told; a request that fails says so at once, needs no reconnecting,
// no catching up of missed messages, and passes every proxy. Three seconds of delay are small beside a ride of minutes.
'use strict'
;(function (Phone) {
  const page = document.body.dataset
  const VISIBLE_MS = Number(page.poll) * 1000
  const HIDDEN_MS = Number(page.pollHidden) * 1000
  const PATIENCE_MS = 8000
  const PHOTO_MS = 60000 // 300 KB at 40 kbit/s
  const HERE_MS = Number(page.hereSeconds) * 1000
  const ARRIVAL_MS = 10000
  const SOS_MS = 3000
  const LOW_BATTERY = 0.15
  const MOST_TRIES = 5 // of a tap the server will neither take nor refuse properly
  const settling = new Set() // taps whose position is still being found

  const line = {
    csrf: '',
    contactAt: 0, // when the centre last answered, on this phone's clock
    ahead: 0, // server clock minus this phone's clock, ms
    signedOut: false,
    serverNow: () => Date.now() + line.ahead,
  }

  function ask(path, options, patience = PATIENCE_MS, stop = new AbortController()) {
    const timer = setTimeout(() => stop.abort(), patience)
    return fetch(path, Object.assign({ signal: stop.signal, credentials: 'same-origin', cache: 'no-store' }, options))
      .then((response) => response.json().catch(() => ({})).then((body) => ({ status: response.status, body })))
      .finally(() => clearTimeout(timer))
  }

  async function fetchJobs() {
    const began = Date.now()
    const shown = Phone.offers().join(',')
    const { status, body } = await ask(page.jobs + (shown ? '?offers=' + encodeURIComponent(shown) : ''))
    if (status === 401 || status === 403) {
      line.signedOut = true
      line.contactAt = Date.now()
      return Phone.show()
    }
    if (status !== 200) throw new Error('jobs ' + status)
    line.signedOut = false
    line.contactAt = Date.now()
    line.ahead = Date.parse(body.server_time) - (began + line.contactAt) / 2
    line.csrf = body.csrf_token
    Phone.heard(body)
  }

  const post = (path, fields) =>
    ask(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-CSRFToken': line.csrf },
      body: JSON.stringify(fields),
    })

  let upload = new AbortController() // of the photo that is on its way

  function sendPhoto(photo) {
    upload = new AbortController()
    return ask('/phone/visits/' + encodeURIComponent(photo.visit) + '/photos', {
      method: 'POST',
      headers: { 'Content-Type': 'image/jpeg', Accept: 'application/json', 'X-CSRFToken': line.csrf, 'X-Key': photo.key },
      body: photo.picture,
    }, PHOTO_MS, upload)
  }

  // true: go on with the next tap. A tap leaves the queue only when the centre has taken or refused it.
  async function send(tap) {
    const rolled = Phone.rollcall.ours(tap)
    const path = tap.action === 'sos' ? page.sos : rolled ? Phone.rollcall.path(tap) : page.visits + '/' + encodeURIComponent(tap.visit) + '/' + tap.action
    const { status, body } = await post(path, Object.assign({ key: tap.key, at: tap.at, sent: new Date().toISOString() }, tap.fields))
    if (status === 200) {
      line.contactAt = Date.now()
      Phone.keep.dropTap(tap.key)
      if (rolled) Phone.rollcall.taken(tap, body.mark)
      else Phone.taken(tap, body.visit)
      return true
    }
    const passing = status === 401 || status === 408 || status === 429 || status >= 500
    if (passing) return false
    const unsure = status === 400 || status === 403 // most likely an old form token: the next answer brings a new one
    if (unsure && tap.tries < MOST_TRIES) {
      Phone.keep.changeTap(tap.key, { tries: tap.tries + 1 })
      return false
    }
    Phone.keep.dropTap(tap.key)
    Phone.refused(tap, body)
    return true
  }

  async function flush() {
    let sent = 0
    for (;;) {
      const tap = mine().find((one) => one.action === 'sos') || mine()[0] // nothing keeps a cry for help waiting
      if (!tap || settling.has(tap.key) || line.signedOut) return sent
      if (!(await send(tap))) return sent
      sent += 1
      Phone.show()
    }
  }

  // Another carer may log in on the same phone: their taps wait for them, and are never sent in a wrong name.
  const mine = () => Phone.keep.taps().filter((tap) => !Phone.me || tap.user === Phone.me.id)

  let running = null
  let timer = null

  async function round() {
    if (!line.csrf || line.signedOut) await fetchJobs()
    if ((await flush()) || Date.now() - line.contactAt > 500) await fetchJobs()
    if (line.signedOut) return
    Phone.photos.flush(sendPhoto) // beside the rounds: a picture may take a minute, an offer may not
    await Phone.plan.fetch()
    await Phone.rollcall.fetch()
  }

  // One round at a time; whoever asks while one is running gets another right after it.
  line.hurry = function () {
    if (running) return void (running.again = true)
    clearTimeout(timer)
    const mine = (running = { again: false })
    round()
      .catch(() => {}) // no network: the age of the last contact says it on the screen
      .then(() => {
        running = null
        Phone.show()
        timer = setTimeout(line.hurry, mine.again ? 0 : document.hidden ? HIDDEN_MS : VISIBLE_MS)
      })
  }

  line.tap = function (visit, action, fields) {
    const tap = Phone.keep.addTap(Phone.me.id, visit, action, fields || {})
    upload.abort() // on a thin line the tap would wait behind the picture, which is sent anew after it
    if (action === 'arrive') place(tap, ARRIVAL_MS)
    if (action === 'sos') place(tap, SOS_MS)
    line.hurry()
    return tap.key
  }

  line.waiting = () => mine()

  // So long for a position, then the touch goes without one; it was written down before either way.
  function place(tap, patience) {
    if (!navigator.geolocation) return
    settling.add(tap.key)
    const done = () => settling.delete(tap.key) && line.hurry()
    const giveUp = setTimeout(done, patience)
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        if (!settling.has(tap.key)) return
        clearTimeout(giveUp)
        const { latitude, longitude, accuracy } = coords
        Phone.keep.changeTap(tap.key, { fields: Object.assign({}, tap.fields, { position: { latitude, longitude, accuracy } }) })
        done()
      },
      () => (clearTimeout(giveUp), done()),
      { enableHighAccuracy: true, timeout: patience, maximumAge: 15000 },
    )
  }

  // Where a carer under way is, so that the centre sees whether they move: only on shift, only where the phone has been
  // allowed to say so, not from a pocket, and not with the last of the battery.
  async function tellPlace() {
    if (document.hidden || line.signedOut || !line.csrf || !Phone.underWay() || !(await mayTell())) return
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude, longitude, accuracy } }) =>
        post(page.here, { key: Phone.uuid(), latitude, longitude, accuracy, at: new Date().toISOString() }).catch(() => {}),
      () => {},
      { enableHighAccuracy: false, timeout: 10000, maximumAge: HERE_MS / 2 },
    )
  }

  async function mayTell() {
    if (!navigator.geolocation || !navigator.permissions) return false
    const battery = navigator.getBattery ? await navigator.getBattery().catch(() => null) : null
    if (battery && !battery.charging && battery.level < LOW_BATTERY) return false
    const { state } = await navigator.permissions.query({ name: 'geolocation' }).catch(() => ({}))
    return state === 'granted'
  }

  setInterval(tellPlace, HERE_MS)

  for (const event of ['focus', 'online', 'pageshow']) addEventListener(event, line.hurry)
  document.addEventListener('visibilitychange', () => document.hidden || line.hurry())

  line.ask = ask
  Phone.line = line
})(Phone)
