// What every part of the console is given: the seat, and a heartbeat once a second from one timer.
import { createContext } from 'preact'
import { useContext, useEffect, useState } from 'preact/hooks'

export const Seat = createContext(null)
export const useSeat = () => useContext(Seat)

const beats = new Set()
setInterval(() => beats.forEach((beat) => beat()), 1000)

// The server's time now, and a fresh look at it every second.
export function useNow() {
  const seat = useSeat()
  const [, look] = useState(0)
  useEffect(() => {
    const beat = () => look((n) => n + 1)
    beats.add(beat)
    return () => beats.delete(beat)
  }, [])
  return seat.now()
}

export const onBeat = (beat) => beats.add(beat)
