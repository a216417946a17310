// A part that is drawn again only when what it was given has changed: 300 rows, one of them new.
import { Component, h } from 'preact'

export function memo(part) {
  return class extends Component {
    shouldComponentUpdate(next) {
      const keys = new Set([...Object.keys(next), ...Object.keys(this.props)])
      return [...keys].some((key) => next[key] !== this.props[key])
    }
    render(props) {
      return h(part, props)
    }
  }
}
