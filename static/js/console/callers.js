// Who reported a case by another door than a pager, and what is known of a caller nobody has on file.
import { t } from './words.js'

export const isOfCaller = (row) => row.known === false && row.account?.startsWith('caller:')

// "路人 13972000001"; empty for a pager nobody registered.
export const callerOf = (row) => {
  if (!isOfCaller(row)) return ''
  const first = row.callers?.[0] || {}
  return [first.name, first.phone].filter(Boolean).join(' ') || t('A caller without a name')
}

export const callerPlace = (row) => (isOfCaller(row) ? row.callers?.find((one) => one.place)?.place || '' : '')
