// What each carer is doing and has said, by the newest that the calls and their visits say. Pure.
import { GOING } from './standing.js'

// Carer to { state, row }: whoever is on a visit, and everybody who is being asked about one. Nobody else is in it.
export function doing(calls) {
  const jobs = new Map()
  for (const row of calls.values()) {
    const visit = row.visit
    if (!visit || row.stage === 'closed') continue
    if (visit.stage === 'offered') {
      for (const one of visit.asked || []) if (one.result === 'offered' && !jobs.has(one.carer_id)) jobs.set(one.carer_id, { state: 'offered', row })
    } else if (GOING.has(visit.stage)) jobs.set(visit.carer_id, { state: visit.stage, row })
  }
  return jobs
}

// Carer to the last word of each who was asked in this call: offered, declined, expired, withdrawn; or how far they are.
export function saidOf(visits) {
  const said = new Map()
  for (const visit of visits) {
    for (const one of visit.asked || []) said.set(one.carer_id, one.result)
    if (GOING.has(visit.stage)) said.set(visit.carer_id, visit.stage)
  }
  return said
}
