// Web push: a knock at this phone while the page is closed. A bonus: where it is missing or refused, nothing is lost.
//
// A browser asks for permission only after a touch, so there is a button, shown only where push can work. What arrives
// says nothing about anybody; the job itself is fetched by the page.
'use strict'
;(function (Phone) {
  const { h, t } = Phone
  const PATH = '/api/v1/phone/push'
  const possible = 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window
  const place = document.getElementById('push')

  const bytes = (base64url) => {
    const text = atob(base64url.replace(/-/g, '+').replace(/_/g, '/'))
    return Uint8Array.from(text, (character) => character.charCodeAt(0))
  }

  const sameKey = (subscription, key) => {
    const known = subscription.options && subscription.options.applicationServerKey
    return !known || new Uint8Array(known).join() === bytes(key).join()
  }

  async function subscribe(key) {
    const worker = await navigator.serviceWorker.ready
    let subscription = await worker.pushManager.getSubscription()
    if (subscription && !sameKey(subscription, key)) {
      await subscription.unsubscribe() // the centre has other keys now
      subscription = null
    }
    if (!subscription) subscription = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) })
    const { endpoint, keys } = subscription.toJSON()
    const answer = await fetch(PATH, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'Content-Type': 'application/json', 'X-CSRFToken': Phone.line.csrf },
      body: JSON.stringify({ endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth } }),
    })
    if (!answer.ok) throw new Error('push ' + answer.status)
  }

  const show = (...children) => place.replaceChildren(...children)

  async function turnOn(key) {
    show()
    try {
      if ((await Notification.requestPermission()) !== 'granted') return
      await subscribe(key)
      show(h('p', { role: 'status' }, t('This phone now rings with the page closed too')))
      setTimeout(show, 5000)
    } catch (error) {
      show(h('p', { role: 'status' }, t('This phone takes no push messages; text messages and calls come all the same')))
      setTimeout(show, 8000)
    }
  }

  // Once the page has heard from the centre: only then is there a form token.
  async function begin() {
    if (!Phone.line.csrf) return setTimeout(begin, 2000)
    const answer = await fetch(PATH, { credentials: 'same-origin', cache: 'no-store' })
    const key = answer.ok ? (await answer.json()).key : ''
    if (!key || Notification.permission === 'denied') return undefined
    if (Notification.permission === 'granted') return subscribe(key)
    return show(h('button', { type: 'button', onclick: () => turnOn(key) }, t('Ring with the page closed too')))
  }

  if (possible) setTimeout(() => begin().catch(() => {}), 1000)
})(Phone)
