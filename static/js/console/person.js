// Who called, what may kill them, where they live, and how to get in.
import { html } from './html.js'
import { Phone } from './telephone.js'
import { AwayMark } from './rounds.js'
import { sexWord, years } from './terms.js'
import { later, t, word } from './words.js'

export function Person({ resident, first }) {
  const critical = resident.health.filter((note) => note.critical).map((note) => note.text)
  const other = resident.health.filter((note) => !note.critical).map((note) => note.text)
  const speaks = resident.language && resident.language !== 'zh'
  return html`<div class=${first ? 'person' : 'person person-also'}>
    <p class="name">${!first && html`<span class="also">${t('Also lives here')}</span> `}${resident.name}
      <span class="name-more">${sexWord(resident.sex)} ${years(resident.age)}</span>
      ${speaks && html`<span class="chip chip-strong">${t('Speaks {language}', { language: word('languages', resident.language) })}</span>`}
      ${resident.lives_alone && html`<span class="chip">${t('Lives alone')}</span>`}
      ${resident.tier && html`<span class="chip">${word('tiers', resident.tier)}</span>`}
    </p>
    <${AwayMark} resident=${resident} />
    ${critical.length > 0 && html`<p class="critical"><b>${t('Take care:')}</b> ${critical.join('；')}</p>`}
    ${(other.length > 0 || resident.notes) && html`<p class="small muted">${[...other, resident.notes].filter(Boolean).join('；')}</p>`}
  </div>`
}

export function Home({ home, residents }) {
  const spot = spotOf(home)
  const phones = [...new Set([home.phone, ...residents.map((r) => r.phone)].filter(Boolean))]
  return html`
    <dt>${t('Address')}</dt>
    <dd><b>${addressOf(home)}</b> ${spot.length > 0 && html`<b class="spot">${spot.join(' ')}</b>`}</dd>
    <dt>${t('Way in')}</dt>
    <dd>${wayIn(home).map(([words, value]) => html`<span class="way">${words} <b>${value}</b></span>`)}
      ${!wayIn(home).length && html`<span class="muted">${t('nothing on file')}</span>`}</dd>
    <dt>${t('Telephone')}</dt>
    <dd>${phones.map((number) => html`<${Phone} number=${number} /> `)}
      ${home.station?.phone && html`<span class="muted small">· ${home.station.name} </span><${Phone} number=${home.station.phone} />`}</dd>`
}

// "2" becomes "2 单元"; what was entered with its word already ("2单元") stays as it is.
const counted = (msgid, value) => (/^[\w-]+$/.test(value) ? t(msgid, { n: value }) : value)

export const spotOf = (home) =>
  [
    home.building,
    home.unit && counted(later('unit {n}'), home.unit),
    home.door && counted(later('door {n}'), home.door),
    home.floor && t('floor {n}', { n: home.floor }),
    home.lift === false && t('no lift'),
  ].filter(Boolean)

export const addressOf = (home) =>
  [home.street, home.community].filter((part) => part && !home.address.includes(part)).join(' ') + (home.address ? ` ${home.address}` : '')

export const wayIn = (home) =>
  [
    [t('door code'), home.door_code],
    [t('entrance'), home.way_in],
    [t('key held by'), home.key_holder],
    [t('key safe'), home.key_safe && t('at the door')],
  ].filter(([, value]) => value)

// A pager nobody has registered can still be worn by somebody on the floor.
export const Unregistered = ({ call, card }) => html`<div class="person">
  <p class="name">${t('Unregistered device')}</p>
  <p class="critical"><b>${call.priority === 4 ? t('This device is in no register.') : t('Somebody pressed, and we do not know who.')}</b>
    ${' '}${t('Account {account}', { account: call.account || card.device?.account || '—' })}</p>
  <ol class="what-to-do">
    ${call.priority < 4 && html`<li>${t('Listen on the line and ask for the name and the address.')}</li>`}
    <li>${t('Ask the installer or the station who was given this device.')}</li>
    <li>${t('Write down what you learn as a note, then enter the device under People.')}</li>
  </ol>
</div>`
