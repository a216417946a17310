// What a key does before the pieces it needs are fetched: the new case opened and left, the next contact under the hands.

export const openNewCase = (seat) => {
  if (seat.drafting) return document.getElementById('who')?.focus()
  return seat.set({ drafting: true })
}

export const leaveNewCase = (seat) => {
  seat.set({ drafting: false })
  requestAnimationFrame(() => (document.getElementById('card-title') || document.getElementById('queue-title'))?.focus())
}

// After each try the hands are on the next number, wherever the order has put it.
export const focusNext = () => (document.querySelector('#contacts .contact-next a') || document.querySelector('#contacts a'))?.focus()
