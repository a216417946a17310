// Finding whom it is about, by whatever the caller can say; each home with the case that is open there.
import { useEffect, useRef, useState } from 'preact/hooks'
import { getJson } from './commands.js'
import { useSeat } from './hooks.js'
import { html } from './html.js'
import { sexWord, years } from './terms.js'
import { t } from './words.js'

const WAIT_MS = 120

export const lineOf = (one) => [sexWord(one.sex), years(one.age), one.place, one.unit, one.door].filter(Boolean).join(' ')

// A combobox of the ARIA kind: the focus stays in the field, ↑ ↓ walk the list, Enter takes; a composing IME owns its keys.
export function Search({ q, type, take }) {
  const seat = useSeat()
  const [found, know] = useState({ people: [], asked: '' })
  const [at, walk] = useState(0)
  const composing = useRef(false)
  const timer = useRef(null)
  const rows = [...found.people, null] // the last: nobody of them
  const ask = (typed) => {
    clearTimeout(timer.current)
    if (!typed.trim()) return know({ people: [], asked: '' })
    timer.current = setTimeout(async () => {
      try {
        const { people } = await getJson(`/people/search?q=${encodeURIComponent(typed.trim())}`)
        if (document.getElementById('who')?.value === typed) (know({ people, asked: typed }), walk(0))
      } catch (error) {
        seat.notice('error', error.message, error.fix)
      }
    }, WAIT_MS)
    return undefined
  }
  useEffect(() => (q && ask(q), () => clearTimeout(timer.current)), [])
  const onKeyDown = (event) => {
    if (event.isComposing || event.keyCode === 229 || composing.current) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) (event.preventDefault(), walk(Math.max(0, Math.min(rows.length - 1, at + step))))
    // Enter takes what was found for what stands there now, never for what stood there before.
    if (event.key === 'Enter' && !event.ctrlKey) (event.preventDefault(), found.asked === q && q.trim() && take(rows[at]))
  }
  const onInput = (event) => {
    type(event.target.value)
    if (!composing.current && !event.isComposing) ask(event.target.value)
  }
  return html`<div class="finding"><label for="who">${t('Who is it about? Name, pinyin, telephone, address, account')}</label>
    <input id="who" role="combobox" aria-expanded="true" aria-controls="who-list" aria-autocomplete="list" aria-activedescendant=${`who-${at}`} autocomplete="off"
      maxlength="60" value=${q} onInput=${onInput} onKeyDown=${onKeyDown}
      oncompositionstart=${() => (composing.current = true)} oncompositionend=${(event) => ((composing.current = false), ask(event.target.value))} />
    <ul id="who-list" role="listbox" aria-label=${t('Found')} aria-busy=${found.asked === q ? 'false' : 'true'}>${rows.map((one, n) => html`<li key=${one ? one.resident_id : 'none'} id=${`who-${n}`} role="option" aria-selected=${n === at ? 'true' : 'false'} onClick=${() => take(one)}>
      ${one ? html`<b>${one.name}</b> <span>${lineOf(one)}</span> ${one.contact && html`<span class="chip">${one.contact.relation} ${one.contact.name}</span>`} ${one.call && html`<span class="chip chip-strong">${t('open case')}</span>`}
        <span class="muted small">${[one.tier, one.station, one.account || t('no device')].filter(Boolean).join(' · ')}</span>` : html`<b>${t('No home on file')}</b> <span class="muted">${t('somebody else, or nobody knows')}</span>`}</li>`)}</ul>
  </div>`
}
