// "Am I live?": each part with its state, since the strip has no room for it, and what to do about what is not well.
import { Dialog } from './dialogs.js'
import { useNow, useSeat } from './hooks.js'
import { html } from './html.js'
import { PARTS, WELL, liveness } from './liveness.js'
import { stateWords } from './strip.js'
import { later, t } from './words.js'

const WHAT_TO_DO = {
  connection: later('Go on by telephone. It reconnects by itself; if not within a minute, look at the network cable and try another seat.'),
  data: later('What you see may be old: go on by telephone, ask the next seat what it sees.'),
  sound: later('Press the sound button in the header; if nothing is heard, look at the loudspeaker and its plug.'),
  database: later('Nothing can be kept: write on paper, call the technician. Pagers are not acknowledged and try again.'),
  gateway: later('No pager is being heard: call the technician, telephone the homes at risk.'),
  lines: later('Calls that come by these lines are not heard: call the technician.'),
  dispatcher: later('Telephone the carers yourself, watch the clocks yourself, tell the supervisor.'),
  exchange: later('Telephone by hand: the numbers on the card can be dialled.'),
}

export function AmILive() {
  const seat = useSeat()
  useNow()
  const parts = liveness(seat)
  const ill = parts.filter((part) => part.state !== WELL)
  return html`<${Dialog} title=${t('Am I live?')} wide>
    <p><b>${ill.length ? t('Not everything is well:') : t('Everything between the pagers and this seat is well.')}</b></p>
    <dl class="live-parts">${parts.map((part) => html`<div key=${part.name} class=${`part-${part.state}`}>
      <dt>${t(PARTS[part.name])}</dt>
      <dd><b>${part.name === 'data' ? t('{n} s ago', { n: Math.floor(seat.link.age / 1000) }) : stateWords(part, seat)}</b> ${part.detail}
        ${part.state !== WELL && html`<p>${part.unknown ? t('Not known while no news comes.') : t(WHAT_TO_DO[part.name])}</p>`}</dd></div>`)}</dl>
    <p class="dialog-foot"><button type="button" data-first="true" onClick=${seat.startShift}>${t('Test the sound')}</button></p>
  </${Dialog}>`
}
