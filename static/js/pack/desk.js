// The page that opens what this desk keeps, with or without a server: ask for the word, show, search, print.
import { kept, keptSince, unlock } from './keep.js'

const by = (id) => document.getElementById(id)
const words = by('words').dataset
const say = (text) => (by('state').textContent = text)

by('open').addEventListener('submit', async (event) => {
  event.preventDefault()
  let text
  try {
    text = await unlock(by('word').value)
  } catch {
    say(words.wrong)
    by('word').select()
    return
  }
  const pack = new DOMParser().parseFromString(text, 'text/html')
  by('pack').replaceChildren(...document.importNode(pack.querySelector('main'), true).childNodes)
  by('open').hidden = true
  by('find').hidden = false
  by('text').focus()
  say(keptSince(words, found))
})

by('text').addEventListener('input', () => {
  const asked = by('text').value.trim().toLowerCase().replaceAll(' ', '')
  let left = 0
  for (const home of document.querySelectorAll('.sheet-home')) {
    home.hidden = asked !== '' && !home.dataset.find.toLowerCase().replaceAll(' ', '').includes(asked)
    left += !home.hidden
  }
  document.body.classList.toggle('pack-searched', asked !== '')
  say(`${left} ${words.found}`)
})
by('find').addEventListener('submit', (event) => event.preventDefault())
by('print').addEventListener('click', () => window.print())

const found = await kept().catch(() => null)
if (found) {
  // Hidden until now: Enter before anybody listens would load the page anew, and what was typed were gone.
  by('open').hidden = false
  by('word').focus()
}
say(found ? keptSince(words, found) : words.none)
