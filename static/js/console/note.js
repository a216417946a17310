// The note line: kept as a draft for each call while it is typed, so that a crash or another call costs no word.
import { useEffect, useRef, useState } from 'preact/hooks'
import { useSeat } from './hooks.js'
import { html } from './html.js'
import { Send } from './terms.js'
import { t } from './words.js'

const PREFIX = 'anxin.draft.'
const KEPT_MS = 48 * 3600 * 1000

export const draftOf = (id) => JSON.parse(localStorage.getItem(PREFIX + id) || '{}').text || ''

export function keepDraft(id, text) {
  if (text) localStorage.setItem(PREFIX + id, JSON.stringify({ text, at: Date.now() }))
  else localStorage.removeItem(PREFIX + id)
}

// Drafts name people: they do not outlive two days on a desk PC.
export function dropOldDrafts() {
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) {
    const { at } = JSON.parse(localStorage.getItem(key) || '{}')
    if (!at || Date.now() - at > KEPT_MS) localStorage.removeItem(key)
  }
}

export function Note({ call }) {
  const seat = useSeat()
  const [text, write] = useState(() => draftOf(call.id))
  const field = useRef(null)
  useEffect(() => keepDraft(call.id, text), [text])
  const save = async () => {
    if (!text.trim()) return
    if (await seat.command('note', call, { text: text.trim() })) {
      write('')
      field.current?.focus()
    }
  }
  const onKeyDown = (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return
    event.preventDefault()
    save()
  }
  return html`<div class="note">
    <label class="hidden-words" for="note">${t('Note')}</label>
    <textarea id="note" ref=${field} rows="1" maxlength="2000" placeholder=${t('Note: what you heard, what you did. Enter saves.')}
      value=${text} onInput=${(event) => write(event.target.value)} onKeyDown=${onKeyDown}></textarea>
    <${Send} busy=${seat.isSending('note', call)} onClick=${save} disabled=${!text.trim()}>${t('Save')}</${Send}>
  </div>`
}
