// Welfare at the desk: how many are to be rung, and what is registered of who is away.
import { useEffect, useState } from 'preact/hooks'
import { getJson } from './commands.js'
import { useSeat } from './hooks.js'
import { html } from './html.js'
import { monthDay } from './time.js'
import { t, word } from './words.js'

const SOON_MS = 1000

// In a window of its own: the console stays open, and so does its bell.
export function RoundsDue() {
  const seat = useSeat()
  const [counts, learn] = useState({})
  useEffect(() => {
    let soon = null
    const look = () => getJson('/rounds/calls?limit=0').then((found) => learn(found.counts)).catch(() => {})
    seat.roundMoved = () => {
      clearTimeout(soon)
      soon = setTimeout(look, SOON_MS)
    }
    look()
  }, [])
  if (!counts.ready) return null
  return html`<a class=${counts.urgent ? 'count late' : 'count'} id="rounds-due" href="/rounds" target="rounds">${t('To be rung')} <b>${counts.ready}</b></a>`
}

export function AwayMark({ resident }) {
  const { zone } = useSeat().state
  const { absence } = resident
  if (!absence) return null
  const what = word('away', absence.kind)
  const day = monthDay(Date.parse(absence.until_at), zone)
  return html`<p class="critical away-mark"><b>${t('Registered: {what} until {day}.', { what, day })}</b>
    ${' '}${t('Somebody pressed all the same: treat it as any press.')}</p>`
}
