// The parts of the house that are down, across the whole width: said once, in words, until they are back.
import { useSeat } from './hooks.js'
import { html } from './html.js'
import { nothingKept } from './liveness.js'
import { t } from './words.js'

export function PartsDown() {
  const { link, state } = useSeat()
  if (nothingKept(link, state.health)) return html`<p class="banner banner-part" role="status"><b>${t('Nothing can be kept: write on paper, call the technician. Pagers are not acknowledged and try again.')}</b></p>`
  return html`<${Parts} health=${state.health} />`
}

function Parts({ health }) {
  const silent = (health?.lines || []).filter((line) => line.state !== 'up')
  const lines = silent.map((line) => line.name)
  const why = silent.map((line) => `${line.name}: ${line.detail || line.state}`).join('\n')
  const dispatcher = health?.dispatcher?.state && health.dispatcher.state !== 'up'
  const gateway = health?.gateway?.state && health.gateway.state !== 'up'
  const exchange = health?.exchange?.state && !['none', 'up'].includes(health.exchange.state)
  if (!lines.length && !dispatcher && !gateway && !exchange) return null
  return html`<p class="banner banner-part" role="status">
    ${dispatcher && html`<b>${t('Automatic dispatch has stopped: telephone the carers yourself and tell the supervisor.')}</b>`}
    ${gateway && html`<b>${t('No pager is being heard: the gateway has stopped. Call the technician, telephone the homes at risk.')}</b>`}
    ${exchange && html`<b title=${health.exchange.detail}>${t('The telephone exchange cannot be reached: dial by hand, and write down who rang.')}</b>`}
    ${!gateway && lines.length > 0 && html`<span title=${why}>${t('Lines without signal: {names}', { names: lines.join('、') })}</span>`}
  </p>`
}
