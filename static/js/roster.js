// The grid: arrow keys move, cells are pasted from spreadsheets, and what is wrong stands beside the cells while one types.
(() => {
  const table = document.getElementById('cells')
  const list = document.getElementById('findings')
  const state = document.getElementById('state')
  const keep = document.getElementById('keep')
  const rows = [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll('input')])
  const inputs = rows.flat()
  const token = document.querySelector('meta[name=csrf-token]').content
  let version = Number(table.dataset.version)
  let waiting = 0
  let asked = 0
  let typed = false

  // --- what is wrong ---
  function show(found) {
    for (const one of table.querySelectorAll('.hard, .soft')) one.classList.remove('hard', 'soft')
    list.replaceChildren(...(found.length ? found.map(line) : [words('li', list.dataset.none)]))
    for (const one of [...found].reverse()) {  // the refusing come first in the list, so they are painted last
      for (const day of one.days) mark(one, day)
    }
  }

  function mark(one, day) {
    const row = one.carer && table.querySelector(`tr[data-code="${CSS.escape(one.carer)}"]`)
    const place = row
      ? row.querySelector(`input[data-day="${day}"]`)?.parentElement
      : table.querySelector(`th[data-day="${day}"]`)
    if (!place) return
    place.classList.remove('hard', 'soft')
    place.classList.add(one.hard ? 'hard' : 'soft')
  }

  function line(one) {
    const item = document.createElement('li')
    item.className = one.hard ? 'hard' : 'soft'
    const sort = words('span', one.hard ? list.dataset.hard : list.dataset.soft)
    sort.className = 'mark'
    item.append(sort, ' ', words('strong', one.where), ` ${one.when} ${one.text} → ${one.fix}`)
    return item
  }

  function words(tag, text) {
    const made = document.createElement(tag)
    made.textContent = text
    return made
  }

  // --- to and from the centre ---
  function cells() {
    const found = {}
    for (const row of table.tBodies[0].rows) {
      const own = (found[row.dataset.code] = {})
      for (const input of row.querySelectorAll('input')) if (input.value.trim()) own[input.dataset.day] = input.value
    }
    return found
  }

  function fill(found) {
    for (const row of table.tBodies[0].rows) {
      const own = found[row.dataset.code] ?? {}
      for (const input of row.querySelectorAll('input')) if (input !== document.activeElement) put(input, own[input.dataset.day] ?? '')
    }
  }

  function put(input, text) {
    input.value = text
    input.classList.toggle('long', text.length > 3)
  }

  async function ask(address, body) {
    const answer = await fetch(table.dataset.address + address, {
      method: body ? 'POST' : 'GET',
      headers: {Accept: 'application/json', 'Content-Type': 'application/json', 'X-CSRFToken': token},
      body: body && JSON.stringify(body),
    })
    const said = await answer.json()
    if (!answer.ok) throw Object.assign(new Error(`${said.message} → ${said.fix}`), {told: true})
    return said
  }

  function say(text, failed = false) {
    state.textContent = text
    state.classList.toggle('failed', failed)
  }

  async function check() {
    const mine = ++asked
    try {
      const said = await ask('/check', {cells: cells()})
      if (mine === asked) show(said.found)
    } catch (error) {
      say(error.told ? error.message : state.dataset.failed, true)
    }
  }

  function changed() {
    typed = true
    say(state.dataset.typed)
    clearTimeout(waiting)
    waiting = setTimeout(check, 300)
  }

  async function save() {
    if (keep.disabled) return
    keep.disabled = true
    clearTimeout(waiting)
    asked++
    try {
      const sent = JSON.stringify(cells())
      const said = await ask('', {cells: JSON.parse(sent), version, key: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`.replace('.', '')})
      version = said.version
      typed = JSON.stringify(cells()) !== sent
      if (!typed) fill(said.cells)
      show(said.found)
      document.getElementById('discard').disabled = false
      say(typed ? state.dataset.typed : state.dataset.kept)
    } catch (error) {
      say(error.told ? error.message : state.dataset.failed, true)
    } finally {
      keep.disabled = false
    }
  }

  // --- the keyboard ---
  const STEP = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [1, 0]}

  function within(input, key) {
    // in a long text the arrows move inside it first
    if (input.value.length < 4 || !key.startsWith('Arrow') || key === 'ArrowUp' || key === 'ArrowDown') return false
    if (input.selectionStart !== input.selectionEnd) return false
    return key === 'ArrowLeft' ? input.selectionStart > 0 : input.selectionStart < input.value.length
  }

  function go(row, column) {
    const next = rows[Math.max(0, Math.min(rows.length - 1, row))]?.[column]
    next?.focus()
    next?.select()
  }

  table.addEventListener('keydown', (event) => {
    const step = STEP[event.key]
    if (!step || event.ctrlKey || event.altKey || event.isComposing || within(event.target, event.key)) return
    const row = rows.findIndex((own) => own.includes(event.target))
    if (row < 0) return
    event.preventDefault()
    go(row + step[0], rows[row].indexOf(event.target) + step[1])
  })
  table.addEventListener('focusin', (event) => event.target.select?.())
  table.addEventListener('input', (event) => {
    event.target.classList.toggle('long', event.target.value.length > 3)
    changed()
  })
  table.addEventListener('paste', (event) => {
    const text = event.clipboardData.getData('text/plain').replace(/\r?\n$/, '')
    if (!/[\t\n]/.test(text) || event.target.readOnly) return
    event.preventDefault()
    const top = rows.findIndex((own) => own.includes(event.target))
    const left = rows[top].indexOf(event.target)
    text.split(/\r?\n/).forEach((own, down) => own.split('\t').forEach((said, right) => {
      const input = rows[top + down]?.[left + right]
      if (input) put(input, said.trim())
    }))
    changed()
  })

  for (const input of inputs) input.classList.toggle('long', input.value.length > 3)
  show(JSON.parse(document.getElementById('found').textContent))
  document.getElementById('other').addEventListener('change', (event) => { location.href = event.target.value })
  if (keep === null) return
  keep.addEventListener('click', save)
  document.getElementById('propose').addEventListener('click', async () => {
    try {
      fill((await ask('/propose')).cells)
      changed()
    } catch (error) {
      say(error.told ? error.message : state.dataset.failed, true)
    }
  })
  addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 's') {
      event.preventDefault()
      save()
    }
  })
  addEventListener('beforeunload', (event) => { if (typed) event.preventDefault() })
})()
