// Markup for every part of the console: preact and htm joined once.
import { h } from 'preact'
import htm from 'htm'

export const html = htm.bind(h)
