// How a case stands, looked at again every half minute; a reader keeps their place, and hears only what has changed.
const EVERY_MS = 30000
const shown = document.getElementById('renewed')

function put(nodes) {
  const next = document.createElement('div')
  next.append(...nodes)
  if (next.textContent.trim() !== shown.textContent.trim()) shown.replaceChildren(...next.childNodes)
}

async function renew() {
  try {
    const answer = await fetch(location.href, { cache: 'no-store' })
    if (answer.status === 404) return location.reload() // the link has ended, and its page says so
    if (!answer.ok) throw new Error(answer.statusText)
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    put(page.getElementById('renewed').childNodes)
  } catch {
    if (shown.querySelector('.old')) return
    const old = document.createElement('p')
    old.className = 'old'
    old.textContent = shown.dataset.old
    shown.append(old)
  }
}

setInterval(renew, EVERY_MS)
