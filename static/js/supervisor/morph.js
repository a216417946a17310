// Makes what stands on the page the same as what was sent: hands, scroll, selection and what is unfolded stay as they are.
import { Idiomorph } from 'idiomorph'

const callbacks = { beforeAttributeUpdated: (name) => name !== 'open' } // what the reader has unfolded stays so

const inSight = (one) => {
  const { top, bottom } = one.getBoundingClientRect()
  return bottom > 0 && top < innerHeight
}

// What the eye holds on to: where the hands are, else the first row in sight. (A browser does this by itself for what
// scrolls with the page, and not for what stands in a box that scrolls sideways.)
const heldOnTo = (was, hands) =>
  was.contains(hands) && inSight(hands) ? hands : [...was.querySelectorAll('tr[id]')].find(inSight)

export function morph(was, wanted) {
  const held = heldOnTo(was, document.activeElement)
  const top = held?.getBoundingClientRect().top
  const chosen = getSelection()
  const kept = chosen.rangeCount && !chosen.isCollapsed ? [chosen.anchorNode, chosen.anchorOffset, chosen.focusNode, chosen.focusOffset] : null
  Idiomorph.morph(was, wanted, { callbacks })
  if (held?.isConnected) scrollBy({ top: held.getBoundingClientRect().top - top, behavior: 'instant' })
  if (!kept || !kept[0].isConnected || !kept[2].isConnected) return
  const within = (node, offset) => Math.min(offset, node.length ?? node.childNodes.length)
  chosen.setBaseAndExtent(kept[0], within(kept[0], kept[1]), kept[2], within(kept[2], kept[3]))
}
