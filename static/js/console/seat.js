// The seat: what this operator has open, is being told, and has sent but not heard back about.
import { getJson, post } from './commands.js'
import { empty, putCall } from './store.js'
import { clock } from './time.js'
import { t } from './words.js'

const CARD_DELAY_MS = 250
const CARERS_EVERY_MS = 10_000
const NOTICE_MS = 12_000

export function seat() {
  const listeners = new Set()
  const ask = { put: () => {}, resync: () => {} } // the connection hands itself in
  let cardTimer = null
  let carersAt = 0
  let fetching = 0
  const failed = new Set() // calls whose card could not be fetched: said once, tried again

  const self = {
    state: empty(),
    openId: null,
    card: null,
    candidates: null,
    shortfall: [],
    dialog: null, // {name, ...}
    right: 'carers', // the tab of the right pane
    district: null, // as fetched, once its tab was opened
    mass: null, // warnings and roll calls, see mass_state.js
    struck: new Set(), // homes in an area that a warning stands for
    script: null, // of the open call, as the server spells it: {id, steps, ...}
    scriptAt: null, // the step that has the hands
    tasks: null, // of this seat
    phone: { exchange: { state: 'none' }, extension: '', talks: [] }, // see telephone.js
    drafting: false, // a new case is being written beside the queue
    afterCard: null, // what the hands do once the next card is drawn
    notices: [],
    sending: new Set(),
    link: { connected: false, age: 0, trouble: '' },
    sound: { state: 'blocked', ringing: null, left: 0 },
    ask,
    lostAt: 0, // when we learnt of `state.lost`, by performance.now()
  }

  self.subscribe = (listener) => (listeners.add(listener), () => listeners.delete(listener))
  self.tell = () => listeners.forEach((listener) => listener())
  self.set = (values) => (Object.assign(self, values), self.tell())
  self.now = () => clock.now()

  self.learn = (state) => {
    if (state.lost?.id !== self.state.lost?.id) self.lostAt = performance.now()
    self.state = state
  }

  // The newest we know of the open call: the row if it is in the list, else what the card said (a closed call).
  self.openCall = () => {
    if (!self.openId) return null
    const row = self.state.calls.get(self.openId)
    const carded = self.card?.call
    return row && (!carded || row.version >= carded.version) ? row : carded || row || null
  }

  self.open = (id) => {
    if (id === self.openId) return
    // A question about the call before would be answered about this one: it goes with its call.
    self.set({ dialog: null, drafting: false, openId: id, card: null, candidates: null, shortfall: [] })
    if (id) fetchCard(id)
    if (id) fetchCarers(id)
  }

  async function fetchCard(id) {
    fetching += 1
    try {
      const card = await getJson(`/calls/${encodeURIComponent(id)}`)
      if (id !== self.openId || card.call.version < (self.card?.call.version ?? 0)) return // overtaken on its way
      self.card = card
      ask.put((state) => putCall(state, card.call))
      self.tell()
      if (self.afterCard) requestAnimationFrame(() => requestAnimationFrame(((then) => () => then?.())(self.afterCard)))
      self.afterCard = null
    } catch (error) {
      if (id === self.openId && !self.card && !failed.has(id)) self.notice('error', t('The call card could not be fetched.'), error.message)
      failed.add(id)
    } finally {
      fetching -= 1
    }
  }

  async function fetchCarers(id) {
    carersAt = Date.now()
    try {
      const { candidates, shortfall = [] } = await getJson(`/calls/${encodeURIComponent(id)}/candidates`)
      if (id === self.openId) self.set({ candidates, shortfall })
    } catch {
      if (id === self.openId && !self.candidates) self.set({ candidates: 'failed' })
    }
  }

  // Something happened: its line appears at once, the rest of the card follows when the burst is over.
  self.heard = (event) => {
    if (event.stream?.startsWith('round:')) self.roundMoved?.()
    const mine = event.call?.id === self.openId
    if (mine && self.card && !self.card.timeline.some((line) => line.seq === event.seq)) {
      self.card = { ...self.card, timeline: [...self.card.timeline, event] }
    }
    const ordered = /Order|Obeyed/.test(event.kind) && event.body?.account === self.openCall()?.account
    if (mine || ordered) self.refreshCard()
    const carersMoved = /^(Visit|Carer|Offer|NobodyLeft)/.test(event.kind)
    if (self.openId && carersMoved && (mine || Date.now() - carersAt > 2000)) fetchCarers(self.openId)
  }

  self.refreshCard = () => {
    clearTimeout(cardTimer)
    cardTimer = setTimeout(() => self.openId && fetchCard(self.openId), CARD_DELAY_MS)
  }

  // The news may have come with a snapshot, or the card was lost on its way: an old card never stays.
  const cardIsOld = (id) => {
    const { calls, ended } = self.state
    const { version = 0, stage, priority } = self.card?.call || {}
    const known = calls.get(id)?.version ?? ended.get(id)
    return !self.card || known > version || (known === undefined && stage !== 'closed' && priority < 4)
  }

  self.beat = () => {
    if (self.openId && !fetching && !document.hidden && cardIsOld(self.openId)) fetchCard(self.openId)
    if (self.openId && !document.hidden && Date.now() - carersAt > CARERS_EVERY_MS) fetchCarers(self.openId)
  }

  self.refreshAll = () => {
    ask.resync()
    if (self.openId) fetchCard(self.openId)
    if (self.openId) fetchCarers(self.openId)
  }

  self.notice = (tone, message, fix = '') => {
    const one = { id: Math.random(), tone, message, fix }
    self.set({ notices: [...self.notices.slice(-2), one] })
    setTimeout(() => self.dismiss(one.id), tone === 'error' ? NOTICE_MS * 2 : NOTICE_MS)
  }
  self.dismiss = (id) => self.set({ notices: self.notices.filter((one) => one.id !== id) })

  // One command about a call. Nothing changes on the screen until the server has said yes. Returns the answer or null.
  self.command = async (name, call, body = {}, path = `/calls/${call.id}/${name}`) => {
    const mark = `${name}:${call.id}`
    if (self.sending.has(mark)) return null
    self.set({ sending: new Set(self.sending).add(mark) })
    try {
      const own = call.holder_id === self.state.me?.id && name !== 'note' && call.worked_at // a draft stays until it is kept
      const answer = await post(path, { expected_version: call.version, ...body }, own, self.dialog)
      if (answer.call) {
        ask.put((state) => putCall(state, answer.call))
        if (call.id === self.openId && self.card) self.card = { ...self.card, call: answer.call }
      }
      return answer
    } catch (error) {
      if (error.data.call) ask.put((state) => putCall(state, error.data.call))
      self.notice('error', error.message, error.fix)
      if (error.status === 409) ask.resync()
      return null
    } finally {
      self.sending.delete(mark)
      self.set({ sending: new Set(self.sending) })
      if (call.id === self.openId) self.refreshCard()
      if (name === 'dispatch' || name.startsWith('cancel')) fetchCarers(self.openId)
    }
  }
  self.isSending = (name, call) => self.sending.has(`${name}:${call?.id}`)
  return self
}
