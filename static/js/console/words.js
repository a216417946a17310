// The console's words: what the server put into the page, in the operator's language.
const boot = JSON.parse(document.getElementById('boot').textContent)

export const lists = boot.lists
export const locale = boot.locale

// t('{n} new calls', {n: 2}); an English msgid without a translation is shown as it is.
export function t(msgid, values = {}) {
  const text = boot.words[msgid] || msgid
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole)
}

// The word for a code from one of the server's lists; an unknown code is shown as it is, never hidden.
export const word = (list, code) => lists[list]?.[code] || code || ''

// A text kept in a table now and said later with t(table[…]); the server looks for these too.
export const later = (msgid) => msgid
