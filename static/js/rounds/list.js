// Who is to be rung now, in order, and who comes later; who is being rung by another seat says by whom.
import { h } from 'preact'
import htm from 'htm'
import { t, word } from '../console/words.js'

const html = htm.bind(h)

export const clockface = (stamp, zone) =>
  new Date(stamp).toLocaleString('zh-CN', { timeZone: zone, month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hour12: false })

const mark = (row) => (row.urgent ? 'urgent' : row.step === 'contact' ? 'contact' : '')

export const List = ({ state, actions, me, zone }) => html`<section aria-labelledby="ring-title">
  <h2 id="ring-title">${t('To be rung')}</h2>
  <div class="ring-list">${state.ready.map((row) => html`<button type="button" key=${row.id} class=${mark(row)}
      aria-current=${state.card?.id === row.id ? 'true' : null} onClick=${() => actions.take(row.id)}>
    <span class="tier tier-${row.tier}">${row.tier}</span><b>${row.name || '—'} ${row.age ? t('{n} years', { n: row.age }) : ''}</b>
    <span>${row.holder_name && row.held_until > new Date().toISOString() ? html`<span class="badge">☎ ${row.holder_id === me ? t('you') : row.holder_name}</span>` : ''}</span>
    <span class="under muted">${row.place} · ${word('ring_steps', row.step)}${row.tries.length ? ` · ${t('{n} tries', { n: row.tries.length })}` : ''}${row.due_at ? ` · ${t('until {at}', { at: clockface(row.due_at, zone) })}` : ''}</span>
  </button>`)}
  ${!state.ready.length && html`<p class="muted">${t('Nobody is to be rung now.')}</p>`}</div>
  ${state.later.length > 0 && html`<details><summary>${t('Later')} ${state.counts.later}</summary>
    <ul class="story">${state.later.map((row) => html`<li key=${row.id}><span class="number-text">${clockface(row.from_at, zone)}</span> ${row.name}
      ${row.busy ? html` <span class="badge">${t('in a call now')}</span>` : ''}${row.away_until ? html` <span class="badge">${t('away')}</span>` : ''}</li>`)}</ul></details>`}
</section>`
