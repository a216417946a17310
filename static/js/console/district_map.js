// The district on a map, where the centre has a lawful source of tiles: calls, stations and carers, in the tiles' datum.
import { useEffect, useRef, useState } from 'preact/hooks'
import { getJson } from './commands.js'
import { SHAPES } from './district_model.js'
import { useSeat } from './hooks.js'
import { html } from './html.js'
import { PRIORITIES, nameOf } from './terms.js'
import { t } from './words.js'

const EVERY_MS = 15_000
let library = null

// Leaflet and its style, fetched once, from our own address.
function leaflet(files) {
  library ??= new Promise((found, failed) => {
    const style = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: files['leaflet.css'] })
    const script = Object.assign(document.createElement('script'), { src: files.leaflet, onload: () => found(window.L), onerror: failed })
    document.head.append(style, script)
  })
  return library
}

export function DistrictMap() {
  const seat = useSeat()
  const box = useRef(null)
  const map = useRef(null)
  const [told, tell] = useState(null)
  const [fault, say] = useState('')

  useEffect(() => {
    let gone = false
    const look = async () => {
      try {
        const found = await getJson('/district/map')
        const L = await leaflet(found.files)
        if (gone) return
        map.current ??= drawn(L, box.current, found, () => say(t('The tiles cannot be fetched; what is marked stays right.')))
        tell(found)
      } catch {
        if (!gone) say(t('The map could not be loaded; the drawing shows the same.'))
      }
    }
    look()
    const timer = setInterval(look, EVERY_MS)
    return () => ((gone = true), clearInterval(timer), map.current?.map.remove())
  }, [])

  const { calls } = seat.state
  useEffect(() => {
    if (map.current && told) mark(map.current, told, calls, seat)
  }, [told, calls])

  const nowhere = told ? [...calls.values()].filter((row) => !told.calls.some((one) => one.id === row.id)).length : 0
  return html`<div class="district-map-box">
    ${fault && html`<p class="nothing" role="status">${fault}</p>`}
    ${nowhere > 0 && html`<p class="small">${t('{n} open calls have no place on the map; the drawing and the queue have them.', { n: nowhere })}</p>`}
    <div class="district-map" ref=${box}></div></div>`
}

function drawn(L, box, told, failed) {
  const map = L.map(box, { zoomControl: true, attributionControl: true })
  map.attributionControl.setPrefix('Leaflet')
  const source = [told.attribution, told.approval].join(' · ')
  told.layers.forEach((address, nth) =>
    L.tileLayer(address, { subdomains: told.subdomains, maxZoom: told.max_zoom, attribution: nth ? '' : source }).on('tileerror', failed).addTo(map),
  )
  const places = told.stations.map((one) => one.at)
  if (places.length) map.fitBounds(L.latLngBounds(places).pad(0.1), { animate: false })
  return { L, map, marks: L.layerGroup().addTo(map) }
}

const pin = (L, kind, text) => L.divIcon({ className: `map-pin map-${kind}`, html: text, iconSize: [28, 24] })

function mark({ L, marks }, told, calls, seat) {
  marks.clearLayers()
  for (const one of told.stations) L.marker(one.at, { icon: pin(L, 'station', t('St.')), title: one.name, keyboard: false }).addTo(marks)
  for (const one of told.carers) L.marker(one.at, { icon: pin(L, 'carer', '○'), title: one.name, keyboard: false }).addTo(marks)
  for (const one of told.calls) {
    const row = calls.get(one.id)
    if (!row) continue
    const title = `${t(PRIORITIES[row.priority])} ${nameOf(row)}`
    L.marker(one.at, { icon: pin(L, `call-${row.priority}`, SHAPES[row.priority]), title, zIndexOffset: 1000 }).on('click keypress', () => seat.openRow(row.id)).addTo(marks)
  }
}
