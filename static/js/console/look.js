// Day or night without a reload: the page stays, and so does the sound.
import { csrf } from './commands.js'

export function changeLookInPlace() {
  document.getElementById('look').addEventListener('submit', (event) => {
    event.preventDefault()
    const look = event.submitter.value
    document.getElementById('night').media = look === 'night' ? 'screen' : 'not all'
    document.querySelector(`#look [value=${look === 'night' ? 'day' : 'night'}]`).focus()
    const options = { method: 'POST', headers: { 'X-CSRFToken': csrf }, body: new URLSearchParams({ look }) }
    fetch('/look', options).catch(() => {}) // seen already; only not remembered
  })
}
