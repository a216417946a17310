// The page's words in the carer's language, put into the page by the server, and the few tools for making elements.
'use strict'

var Phone = {}

Phone.words = JSON.parse(document.getElementById('words').textContent)

// t with '{n} years' and {n: 83} gives 83岁; a word without a translation is shown as it is.
Phone.t = function (msgid, values) {
  return (Phone.words[msgid] || msgid).replace(/\{(\w+)\}/g, function (whole, name) {
    return values && values[name] != null ? String(values[name]) : whole
  })
}

// h('button', {class: 'big', onclick: go}, 'text', child, null): text is always text, never markup.
Phone.h = function (tag, facts) {
  const element = document.createElement(tag)
  for (const name of Object.keys(facts || {})) {
    const value = facts[name]
    if (value == null || value === false) continue
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value)
    else element.setAttribute(name, value === true ? '' : String(value))
  }
  for (const child of Array.prototype.slice.call(arguments, 2).flat(3)) {
    if (child == null || child === '' || child === false) continue
    element.append(child)
  }
  return element
}

// Times are those of the district, whatever time this phone believes in: the operator who rings says the same ones.
const ZONE = { timeZone: document.body.dataset.zone }
const TIME = new Intl.DateTimeFormat('zh-CN', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...ZONE })
const DAY = new Intl.DateTimeFormat('zh-CN', { year: 'numeric', month: '2-digit', day: '2-digit', ...ZONE })

Phone.clock = (ms) => TIME.format(ms)
Phone.sameDay = (one, other) => DAY.format(one) === DAY.format(other)
