// The part of the page /pack that lets this desk keep the pack, tries it, and has it erased.
import { able, erase, keep, kept, keptSince } from './keep.js'

const by = (id) => document.getElementById(id)
const words = by('keep-words').dataset
const csrf = document.querySelector('meta[name="csrf-token"]').content

const tell = (yes) =>
  fetch('/api/v1/pack/kept', { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-CSRFToken': csrf }, body: JSON.stringify({ key: crypto.randomUUID(), kept: yes }) }).then((answer) => {
    if (!answer.ok) throw new Error(String(answer.status))
  })

async function show() {
  const found = able() ? await kept() : null
  by('keep-state').textContent = !able() ? words.cannot : found ? keptSince(words, found) : words.not
  by('keep-form').hidden = !able() || Boolean(found)
  by('keep-done').hidden = !found
}

by('keep-form').addEventListener('submit', async (event) => {
  event.preventDefault()
  try {
    await tell(true) // said before it is done: nobody has it without a line in the log
    await keep(by('keep-word').value)
    by('keep-word').value = ''
  } catch (error) {
    await erase()
    await show()
    by('keep-state').textContent = `${words.failed} ${error.message}`
    return
  }
  await show()
})

by('keep-erase').addEventListener('click', async () => {
  await erase()
  await tell(false).catch(() => null) // erased all the same
  await show()
})

await show()
