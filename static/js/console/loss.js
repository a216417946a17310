// Whether a call has gone from my hands without my knowing yet, or is offered to me. Pure.

export const lostByMe = (row, meId) => row.loss && row.loss.from_id === meId && !row.loss.seen && row.holder_id !== meId

export const offeredToMe = (row, meId, languages) => {
  const offer = row.transfer
  if (offer?.state !== 'offered' || offer.by_id === meId || offer.declined.includes(meId)) return false
  return offer.to_id === meId || (offer.skill && languages.includes(offer.skill))
}
