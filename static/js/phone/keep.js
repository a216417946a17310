// What this phone remembers over a reload: taps not yet sent, the job that is open, and half-written reports.
//
// Nothing of a person stays once their job is over: `openJobs([])` takes the last trace out of the storage. An offer is
// never written down, because by the time a phone comes back it has gone to somebody else.
'use strict'
;(function (Phone) {
  const TAPS = 'anxin.phone.taps'
  const JOBS = 'anxin.phone.jobs'
  const DRAFT = 'anxin.phone.draft'
  const CENTRE = 'anxin.phone.centre'
  const MAP = 'anxin.phone.map'
  const ROLL = 'anxin.phone.rollcall'
  const GOING = ['accepted', 'on_the_way', 'arrived']
  const LONGEST_JOB_MS = 12 * 3600 * 1000

  const memory = {} // private browsing may refuse to write: then the page still works until it is closed

  function read(name, otherwise) {
    try {
      const text = localStorage.getItem(name)
      return text === null ? (name in memory ? memory[name] : otherwise) : JSON.parse(text)
    } catch (e) {
      return name in memory ? memory[name] : otherwise
    }
  }

  function write(name, value) {
    try {
      if (value === null) localStorage.removeItem(name)
      else localStorage.setItem(name, JSON.stringify(value))
      delete memory[name]
    } catch (e) {
      memory[name] = value
    }
  }

  Phone.uuid = function () {
    if (crypto.randomUUID) return crypto.randomUUID()
    const b = crypto.getRandomValues(new Uint8Array(16)) // plain http has no randomUUID
    b[6] = (b[6] & 15) | 64
    b[8] = (b[8] & 63) | 128
    const hex = Array.from(b, (n) => n.toString(16).padStart(2, '0')).join('')
    return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5')
  }

  // One for each visit, because another may come in between; an older page kept a single one, not in a list.
  const drafts = () => [].concat(read(DRAFT, []))

  Phone.keep = {
    taps: () => read(TAPS, []),

    // The tap is on the phone before anything is sent.
    addTap(userId, visit, action, fields) {
      const tap = { key: Phone.uuid(), at: new Date().toISOString(), user: userId, visit, action, fields, tries: 0 }
      write(TAPS, read(TAPS, []).concat(tap))
      return tap
    },

    changeTap(key, change) {
      write(TAPS, read(TAPS, []).map((tap) => (tap.key === key ? Object.assign({}, tap, change) : tap)))
    },

    dropTap(key) {
      const left = read(TAPS, []).filter((tap) => tap.key !== key)
      write(TAPS, left.length ? left : null)
    },

    // Jobs of this carer that were accepted and are not over; too old ones are forgotten.
    jobs() {
      const kept = read(JOBS, null)
      if (!kept) return null
      if (Date.now() - kept.at < LONGEST_JOB_MS) return kept
      write(JOBS, null)
      return null
    },

    openJobs(me, jobs) {
      const open = jobs.filter((job) => GOING.includes(job.visit.stage))
      write(JOBS, open.length ? { at: Date.now(), me, jobs: open } : null)
      const wanted = drafts().filter((draft) => open.some((job) => job.visit.id === draft.visit))
      write(DRAFT, wanted.length ? wanted : null)
    },

    draft: (visit) =>
      drafts().find((one) => one.visit === visit) || { visit, condition: '', done: [], door_code: '', next: '', text: '' },
    saveDraft: (draft) => write(DRAFT, drafts().filter((one) => one.visit !== draft.visit).concat(draft)),

    centre: () => read(CENTRE, ''),
    saveCentre: (number) => write(CENTRE, number || null),

    // Only while it runs: the centre's next answer empties it.
    rollcall: () => read(ROLL, []),
    saveRollcall: (rolls) => write(ROLL, rolls.length ? rolls : null),

    map: () => read(MAP, ''),
    chooseMap: (name) => write(MAP, name),

    forget() {
      for (const name of [TAPS, JOBS, DRAFT, ROLL]) write(name, null)
    },
  }
})(Phone)
