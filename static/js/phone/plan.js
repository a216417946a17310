// The carer's own plan of the day, where the centre makes one: what is booked, where, when. Fetched now and then, never
// stored.
'use strict'
;(function (Phone) {
  const { h, t } = Phone
  const EVERY_MS = 60000
  const plan = { rows: null }
  let askedAt = 0

  plan.fetch = async function () {
    if (Date.now() - askedAt < EVERY_MS) return
    askedAt = Date.now()
    const { status, body } = await Phone.line.ask('/api/v1/phone/plan')
    plan.rows = status === 200 && Array.isArray(body.visits) ? body.visits : null // 404: this centre plans no days
  }

  function day(row) {
    const at = Date.parse(row.planned_at)
    return (Phone.sameDay(at, Phone.line.serverNow()) ? '' : t('tomorrow') + ' ') + Phone.clock(at)
  }

  const where = (home) => (home ? [home.address, home.building, home.unit, home.door] : []).filter(Boolean).join(' ')

  plan.show = function () {
    if (!plan.rows || !plan.rows.length) return null
    return h('section', { class: 'plan' },
      h('h2', {}, t('My day')),
      h('ul', {}, plan.rows.map((row) =>
        h('li', { class: row.stage === 'done' ? 'done' : '' },
          h('b', {}, day(row)), ' ', row.service, ' · ', (row.names || []).join('、'),
          h('span', { class: 'place' }, where(row.home))))))
  }

  Phone.plan = plan
})(Phone)
