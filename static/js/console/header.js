// The top line: how many wait, whether we would hear a call, what time it is; and what must not be overlooked.
import { counts } from './attention.js'
import { useNow, useSeat } from './hooks.js'
import { html } from './html.js'
import { STALE_MS } from './connection.js'
import { lazy } from './lazy.js'
import { timeOfDay } from './time.js'
import { t } from './words.js'

const TaskCount = lazy(() => import('./tasks.js'), 'TaskCount')
const RoundsDue = lazy(() => import('./rounds.js'), 'RoundsDue')
const SeatPhoneChip = lazy(() => import('./telephone.js'), 'SeatPhoneChip')
const DutyState = lazy(() => import('./duty.js'), 'DutyState')
const HandBanners = lazy(() => import('./hand.js'), 'HandBanners')
const PartsDown = lazy(() => import('./parts.js'), 'PartsDown')
const PackFault = lazy(() => import('./pack.js'), 'PackFault')
const PackWay = lazy(() => import('./pack.js'), 'PackWay')
const MassBanner = lazy(() => import('./mass_state.js'), 'MassBanner')

export function Header() {
  const seat = useSeat()
  const now = useNow()
  const { waiting, handled, late } = counts(seat.state.calls, now)
  return html`<div class="header-line">
    <p class="counts">
      <span class=${waiting ? 'count hot' : 'count'}>${t('Waiting')} <b>${waiting}</b></span>
      <span class="count">${t('Handled')} <b>${handled}</b></span>
      <span class=${late ? 'count late' : 'count'}>${t('Overdue')} <b>${late}</b></span>
      <${TaskCount} />
    </p>
    <${RoundsDue} />
    <${SeatPhoneChip} />
    <${SoundState} />
    <${DutyState} />
    <time class="wall-clock" title=${t("The server's clock")}>${timeOfDay(now, seat.state.zone)}</time>
  </div>`
}

function SoundState() {
  const seat = useSeat()
  const { state, ringing, left } = seat.sound
  if (state === 'blocked') return html`<span class="sound-word warn">${t('No sound')}</span>`
  if (state === 'elsewhere') return html`<span class="sound-word">${t('Another window rings')}</span>`
  if (state === 'silenced') {
    const n = Math.ceil(left / 1000)
    return html`<button type="button" class="sound-button warn" onClick=${seat.bell.speak}>${t('Silent {n} s', { n })}</button>`
  }
  const press = ringing ? seat.bell.silence : seat.bell.test
  return html`<button type="button" class="sound-button" onClick=${press}>${ringing ? t('Silence 60 s') : t('Sound on')}</button>`
}

// What must not be overlooked, across the whole width: stale knowledge, and a bell that cannot ring.
export function Banners() {
  const seat = useSeat()
  useNow()
  const { link, sound, state } = seat
  const stale = link.age > STALE_MS
  return html`<div class="banners">
    ${stale &&
    html`<p class="banner banner-stale" role="alert">
      <b>${t('This may be out of date: go on by telephone.')}</b>
      <span>${t('No news for {n} s. Reconnecting by itself…', { n: Math.floor(link.age / 1000) })}</span> <${PackWay} />
    </p>`}
    ${state.epoch &&
    sound.state === 'blocked' &&
    html`<p class="banner banner-sound" role="alert">
      <b>${t('The browser is keeping this console silent: you would not hear a call.')}</b>
      <button type="button" onClick=${seat.startShift}>${t('Start the shift')} · ${t('Test the sound')}</button>
    </p>`}
    <${HandBanners} />
    <${PartsDown} />
    <${PackFault} health=${state.health} />
    <${MassBanner} />
  </div>`
}
