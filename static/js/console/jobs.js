// What each carer is doing and has said, by the newest that the calls and their visits say. Pure.
import { GOING } from './standing.js'

// Carer to { state, row }: whoever is on a visit, and everybody who is being asked about one. Nobody else is in it.
export function doing(calls) {
  const jobs = new Map()
  for (const row of calls.values()) {
    if (!row.visit || row.stage === 'closed') continue
    const asked = (row.visit.asked || []).filter((one) => one.result === 'offered').map((one) => one.carer_id)
    for (const visit of [{ ...row.visit, asked }, ...(row.beside || [])]) {
      if (visit.stage === 'offered') {
        for (const carer of visit.asked) if (!jobs.has(carer)) jobs.set(carer, { state: 'offered', row })
      } else if (GOING.has(visit.stage)) jobs.set(visit.carer_id, { state: visit.stage, row })
    }
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
