// The strip under the header: every part between a pager and this seat, in words; pressed, it tells what to do.
import { STALE_MS, WARN_MS } from './connection.js'
import { useNow, useSeat } from './hooks.js'
import { html } from './html.js'
import { DOUBT, DOWN, PARTS, WELL, liveness } from './liveness.js'
import { later, t } from './words.js'

const MARKS = { [WELL]: '', [DOUBT]: '⚠ ', [DOWN]: '✕ ' }
const WORDS = { [WELL]: later('well'), [DOUBT]: later('in doubt'), [DOWN]: later('down') }
const SOUND = { on: later('on'), elsewhere: later('Another window rings'), silenced: later('silenced'), blocked: later('No sound') }

export function stateWords({ name, state }, seat) {
  const words = name === 'sound' ? SOUND[seat.sound.state] : WORDS[state]
  return t(words)
}

export function Strip() {
  const seat = useSeat()
  useNow()
  const parts = liveness(seat).filter(({ name }) => name !== 'connection' && name !== 'data')
  return html`<button type="button" class="strip" id="strip" aria-haspopup="dialog" onClick=${() => seat.set({ dialog: { name: 'live' } })}>
    <${Freshness} link=${seat.link} />
    ${parts.map((part) => html`<span key=${part.name} class=${`part part-${part.state}`}>${MARKS[part.state]}${t(PARTS[part.name])} <b>${stateWords(part, seat)}</b></span>`)}
    <kbd>Alt+0</kbd>
  </button>`
}

function Freshness({ link }) {
  const n = Math.floor(link.age / 1000)
  if (link.age > WARN_MS) return html`<span class=${`fresh part part-${link.age > STALE_MS ? DOWN : DOUBT}`}>⚠ ${t('{n} s without news', { n })}</span>`
  const words = link.connected ? t('Connected') : t('Reconnecting')
  return html`<span class=${`fresh part part-${link.connected ? WELL : DOWN}`}><span aria-hidden="true">${link.connected ? '●' : '○'}</span> ${words} · ${t('{n} s ago', { n })}</span>`
}
