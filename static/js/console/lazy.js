// Parts of the console that are fetched once the queue stands, each drawn as soon as it is there.
//
// fetchAll() brings all of them as soon as the desk has drawn itself: a dialog must open at three in the morning although
// the server went away at two. What could not be fetched is said, and tried again.
import { useEffect, useState } from 'preact/hooks'
import { useSeat } from './hooks.js'
import { html } from './html.js'
import { t } from './words.js'

const AGAIN_MS = 2000
const outside = new Set()

// lazy(() => import('./close.js'), 'CloseDialog'): a part that stands in for it; until it is there, draws `Instead`.
export function lazy(fetch, name, Instead = () => null) {
  let part = null
  let coming = null
  const arrived = (module) => (outside.delete(load), (part = module[name]))
  const failed = (error) => (console.error(`${name}: ${error.message}`), (coming = null))
  const load = () => (coming ??= fetch().then(arrived, failed))
  outside.add(load)

  return function Lazy(props) {
    const seat = useSeat()
    const [, look] = useState(0)
    useEffect(() => {
      if (part) return undefined
      let told = false
      const ask = async () => {
        if (await load()) return look((n) => n + 1)
        if (!told) seat.notice('error', t('This part of the page could not be fetched.'), t('It is tried again by itself.'))
        told = true
      }
      ask()
      const timer = setInterval(ask, AGAIN_MS)
      return () => clearInterval(timer)
    }, [part])
    return html`<${part || Instead} ...${props} />`
  }
}

export async function fetchAll() {
  await Promise.all([...outside].map((load) => load()))
  if (outside.size) setTimeout(fetchAll, AGAIN_MS)
}
