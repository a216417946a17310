// Makes what stands on the page the same as what was sent, piece by piece: hands, scroll and selection stay where they are.

const keyOf = (node) => node.dataset?.key || node.id || ''
const alike = (one, other) => one.nodeType === other.nodeType && one.nodeName === other.nodeName && keyOf(one) === keyOf(other)
const BY_THE_READER = new Set(['open']) // what is unfolded stays so

function attributes(was, wanted) {
  for (const { name, value } of wanted.attributes) if (was.getAttribute(name) !== value) was.setAttribute(name, value)
  for (const { name } of [...was.attributes]) if (!wanted.hasAttribute(name) && !BY_THE_READER.has(name)) was.removeAttribute(name)
}

function pieces(was, wanted) {
  let at = was.firstChild
  const keys = new Set([...wanted.childNodes].map(keyOf).filter(Boolean))
  for (const piece of [...wanted.childNodes]) {
    // Rows that are gone make room; what came in between is put before the ones that stay, which never move.
    while (at && keyOf(at) && !keys.has(keyOf(at))) at = drop(at)
    if (at && alike(at, piece)) {
      same(at, piece)
      at = at.nextSibling
      continue
    }
    const later = keyOf(piece) && [...was.children].find((one) => alike(one, piece))
    if (later) same(later, piece)
    was.insertBefore(later || piece, at)
  }
  while (at) at = drop(at)
}

function drop(node) {
  const next = node.nextSibling
  node.remove()
  return next
}

function same(was, wanted) {
  if (was.nodeType !== Node.ELEMENT_NODE) {
    if (was.data !== wanted.data) was.data = wanted.data
    return
  }
  attributes(was, wanted)
  pieces(was, wanted)
}

const inSight = (one) => {
  const { top, bottom } = one.getBoundingClientRect()
  return bottom > 0 && top < innerHeight
}

// What the eye holds on to: where the hands are, else the first row in sight. (A browser does this by itself for what
// scrolls with the page, and not for what stands in a box that scrolls sideways.)
const heldOnTo = (was, hands) =>
  was.contains(hands) && inSight(hands) ? hands : [...was.querySelectorAll('[data-key]')].find(inSight)

export function morph(was, wanted) {
  const hands = document.activeElement
  const held = heldOnTo(was, hands)
  const top = held?.getBoundingClientRect().top
  const chosen = getSelection()
  const kept = chosen.rangeCount && !chosen.isCollapsed ? [chosen.anchorNode, chosen.anchorOffset, chosen.focusNode, chosen.focusOffset] : null
  same(was, wanted)
  if (hands !== document.activeElement && hands?.isConnected) hands.focus({ preventScroll: true })
  if (held?.isConnected) scrollBy({ top: held.getBoundingClientRect().top - top, behavior: 'instant' })
  if (!kept || !kept[0].isConnected || !kept[2].isConnected) return
  const within = (node, offset) => Math.min(offset, node.length ?? node.childNodes.length)
  chosen.setBaseAndExtent(kept[0], within(kept[0], kept[1]), kept[2], within(kept[2], kept[3]))
}
