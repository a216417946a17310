// The import page keeps the chosen file in its field, so that looking and confirming need it chosen only once.
// Without this script the page works too: the file is then chosen a second time to confirm.
(() => {
  const form = document.getElementById('import')
  const file = document.getElementById('file')
  const outcome = document.getElementById('outcome')

  async function send() {
    const body = new FormData(form)
    for (const button of form.querySelectorAll('button')) button.disabled = true
    const answer = await fetch(form.action, {method: 'POST', body, headers: {Accept: 'text/html'}})
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const found = page.getElementById('outcome')
    if (found === null) throw new Error(page.querySelector('main')?.textContent ?? String(answer.status))
    for (const words of found.querySelectorAll('.again')) words.remove()
    outcome.replaceChildren(...found.childNodes)
    outcome.scrollIntoView({block: 'nearest'})
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault()
    send().catch((error) => {
      for (const button of form.querySelectorAll('button')) button.disabled = false
      let words = outcome.querySelector('.flash-error')
      if (words === null) {
        words = document.createElement('p')
        words.className = 'flash flash-error'
        words.setAttribute('role', 'alert')
        outcome.prepend(words)
      }
      // A file saved anew since it was chosen cannot be read again: the browser wants it chosen once more.
      words.textContent = error instanceof TypeError ? outcome.dataset.gone : error.message.trim()
    })
  })

  // Another file is another question: what was shown for the one before goes, and the next press looks, not confirms.
  file.addEventListener('change', () => {
    for (const old of outcome.querySelectorAll('[name=looked_at], table, .flash')) old.remove()
    const button = form.querySelector('button')
    if (button !== null) button.textContent = outcome.dataset.look
  })
})()
