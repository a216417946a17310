// Every dialog by its name, fetched when the queue stands; `seat.set({ dialog: { name, … } })` asks for one.
import { useEffect, useRef } from 'preact/hooks'
import { useSeat } from './hooks.js'
import { html } from './html.js'
import { lazy } from './lazy.js'
import { Notices } from './notices.js'
import { nameOf } from './terms.js'
import { t } from './words.js'

// About the open call: each is given { call, dialog }.
const OF_A_CALL = {
  hold: lazy(() => import('./questions.js'), 'Hold'),
  override: lazy(() => import('./questions.js'), 'Override'),
  cancel: lazy(() => import('./questions.js'), 'Cancel'),
  reopen: lazy(() => import('./questions.js'), 'Reopen'),
  handOver: lazy(() => import('./handover.js'), 'HandOver'),
  owner: lazy(() => import('./offering.js'), 'OfferCase'),
  pause: lazy(() => import('./pausing.js'), 'Pause'),
  takeOver: lazy(() => import('./transfer.js'), 'TakeOver'),
  transfer: lazy(() => import('./transfer.js'), 'Transfer'),
  join: lazy(() => import('./transfer.js'), 'Join'),
  whoseHome: lazy(() => import('./whose_home.js'), 'WhoseHome'),
  close: lazy(() => import('./close.js'), 'CloseDialog'),
}

// About the desk, whatever is open: each is given { dialog }.
const OF_THE_DESK = {
  duty: lazy(() => import('./my_seat.js'), 'Duty'),
  help: lazy(() => import('./lists.js'), 'KeyList'),
  seatPhone: lazy(() => import('./dialling.js'), 'SeatPhone'),
  third: lazy(() => import('./dialling.js'), 'Third'),
  devices: lazy(() => import('./lists.js'), 'Devices'),
  live: lazy(() => import('./live.js'), 'AmILive'),
}

export function Dialogs() {
  const seat = useSeat()
  const { dialog } = seat
  const call = seat.openCall()
  const Shown = dialog && (OF_THE_DESK[dialog.name] || (call && OF_A_CALL[dialog.name]))
  return Shown ? html`<${Shown} call=${call} dialog=${dialog} />` : html`<${Notices} />`
}

// A modal that is really modal: focus stays inside, Esc leaves, and the focus returns to where it came from. What a
// command came to is said in it: behind it nothing can be pressed, and a screen reader hears nothing.
export function Dialog({ title, wide, children }) {
  const seat = useSeat()
  const box = useRef(null)
  const own = useRef(null)
  const call = seat.dialog?.name in OF_A_CALL && seat.openCall()
  // Another question may have been asked by the time this one's farewell arrives.
  const left = () => seat.dialog === own.current && seat.set({ dialog: null })
  useEffect(() => {
    const before = document.activeElement
    return () => before?.isConnected && before.focus()
  }, [])
  // Asked again before the last one was gone from the page, it is drawn into the same box: the box must open again.
  useEffect(() => {
    own.current = seat.dialog
    if (box.current.open) return
    box.current.showModal()
    box.current.querySelector('[data-first="true"]')?.focus()
  }, [seat.dialog])
  return html`<dialog ref=${box} class=${wide === true ? 'wide' : wide || ''} aria-labelledby="dialog-title" onClose=${left}>
    <header class="dialog-head"><h2 id="dialog-title">${title}${call && ` · ${nameOf(call)}`}</h2>
      <button type="button" class="quiet" aria-label=${t('Back')} onClick=${() => box.current.close()}>Esc</button></header>
    ${children}
    <${Notices} />
  </dialog>`
}
