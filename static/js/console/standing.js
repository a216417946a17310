// Where a call stands, for every part that asks: its visits, the services called, the newest line read. Pure.

// Stages of a visit in which somebody has said yes, in which nobody has yet, in which somebody has been asked, and in
// which it is not over.
export const GOING = new Set(['accepted', 'on_the_way', 'arrived'])
export const ASKING = new Set(['requested', 'offered'])
export const ASKED = new Set(['offered', ...GOING])
export const ACTIVE = new Set([...ASKING, ...GOING])

// Services that were called and are neither there nor stood down: [[service, what is known of it]].
export const outstanding = (call) =>
  Object.entries(call.emergency?.services || {}).filter(([, one]) => !one.arrived_at && !one.stood_down_at)

// The place in the log of the newest line on the card: what this operator can have seen.
export const lastSeq = (seat) => seat.card?.timeline.at(-1)?.seq ?? 0
