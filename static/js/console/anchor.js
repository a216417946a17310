// The row under the pointer stays there: what grows above it, or a banner that takes room, is scrolled away by as much.
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'

// `box` refers to the scrolling box, whose first child is the list; `resting()`: somebody is aiming at a row.
// Returns what the box does when the pointer comes over something in it.
export function useAnchor(box, resting) {
  const held = useRef(null)
  // A place in the window that the user's own scrolling does not change.
  const placeOf = (row) => row.getBoundingClientRect().top + box.current.scrollTop
  const settle = () => {
    const { row, place } = held.current || {}
    if (!row?.isConnected || !resting()) return void drop()
    const shift = placeOf(row) - place
    if (Math.abs(shift) < 1) return
    const before = box.current.scrollTop
    give(box.current, shift)
    held.current.place += box.current.scrollTop - before
  }
  const drop = () => {
    held.current = null
    Object.assign(box.current.firstElementChild.style, { paddingTop: '', paddingBottom: '' })
  }
  useLayoutEffect(settle)
  useEffect(() => {
    const size = new ResizeObserver(settle)
    size.observe(box.current)
    return () => size.disconnect()
  }, [])
  return (event) => {
    const row = event.target.closest('[data-call]')
    held.current = row && { row, place: placeOf(row) }
  }
}

// Scroll by as much, with room made at the end of the list (or before it) where there is too little.
function give(pane, shift) {
  const list = pane.firstElementChild
  const wanted = pane.scrollTop + shift
  const most = pane.scrollHeight - pane.clientHeight
  if (wanted > most) list.style.paddingBottom = `${(parseFloat(list.style.paddingBottom) || 0) + wanted - most}px`
  if (wanted < 0) list.style.paddingTop = `${(parseFloat(list.style.paddingTop) || 0) - wanted}px`
  pane.scrollTop = Math.max(0, wanted)
}
