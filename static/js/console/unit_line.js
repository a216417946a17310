// The line of the unit is in use, off the hook or dead: nobody can be heard that way, and silence is an emergency.
import { html } from './html.js'
import { t, word } from './words.js'

export function UnitLine({ lines }) {
  const last = (lines || []).findLast((line) => line.kind === 'TalkNoted' && line.body?.purpose === 'unit' && ['answered', 'ended'].includes(line.body.what))
  if (last?.body.what !== 'ended' || !['busy', 'unreachable'].includes(last.body.cause)) return null
  return html`<p class="alarm" role="alert"><b>${t('The line of the unit is {why}: perhaps off the hook. Nobody can be heard that way.', { why: word('causes_of_talks', last.body.cause) })}</b>
    ${' '}${t('Ring the home and the contacts, or send somebody (F4).')}</p>`
}
