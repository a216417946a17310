// The right pane: carers by arrival time, or the district; what is behind a tab is loaded when it is first opened.
import { useSeat } from './hooks.js'
import { html } from './html.js'
import { coming, lazy } from './lazy.js'
import { later, t } from './words.js'

const TABS = [
  ['carers', later('Carers'), 'Alt+3'],
  ['district', later('The district'), 'Alt+4'],
  ['mass', later('Warnings'), 'Alt+5'],
]

// The way to the other tab, in the head of whichever is shown.
export function Tabs() {
  const seat = useSeat()
  const others = TABS.filter(([name]) => name !== (seat.right || 'carers'))
  return html`<span class="right-tabs">${others.map(([name, words, key]) => html`<button key=${name} type="button" class="mini" title=${key} onClick=${() => show(seat, name)}>${t(words)}</button>`)}</span>`
}

const Carers = lazy(() => import('./carers.js'), 'Carers', coming(3))
const District = lazy(() => import('./district.js'), 'District', Drawing)
const MassPanel = lazy(() => import('./mass.js'), 'MassPanel', coming(5))
const PANES = { carers: Carers, district: District, mass: MassPanel }

export function Right() {
  const seat = useSeat()
  return html`<${PANES[seat.right || 'carers']} />`
}

function Drawing() {
  return html`<section class="pane district"><header class="pane-head"><h2 id="district-title" tabindex="-1">${t('The district')}</h2><${Tabs} /></header>
    <p class="nothing">${t('Drawing the district…')}</p></section>`
}

// Shows a tab, then does what needs it drawn: at once when it is shown already, for whoever types F4 and Enter in one go.
// Until the other tab is drawn (the console draws once a frame) no key may press what had the focus before.
export function show(seat, name, then = () => document.getElementById(`${name}-title`)?.focus()) {
  if (seat.right === name) return then()
  document.activeElement?.blur()
  seat.set({ right: name })
  requestAnimationFrame(() => requestAnimationFrame(then))
}
