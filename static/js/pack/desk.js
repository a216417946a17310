// The page that opens what this desk keeps, with or without a server: ask for the word, show, search, print.
import { kept, unlock } from './keep.js'

const by = (id) => document.getElementById(id)
const words = by('words').dataset
const say = (text) => (by('state').textContent = text)

const found = await kept().catch(() => null)
if (!found) {
  by('open').hidden = true
  say(words.none)
} else {
  say(`${words.kept} ${new Date(found.at).toLocaleString('zh-CN', { timeZone: words.zone, hourCycle: 'h23' })}`)
}

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
  say(`${words.kept} ${new Date(found.at).toLocaleString('zh-CN', { timeZone: words.zone, hourCycle: 'h23' })}`)
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
by('print').addEventListener('click', () => window.print())
