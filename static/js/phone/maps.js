// The way there in the carer's own map. Which one they chose is remembered on the phone; links come from the centre,
// each in the coordinates that map reckons in.
'use strict'
;(function (Phone) {
  const { h, t, keep } = Phone
  const apple = /iPhone|iPad|Macintosh/.test(navigator.userAgent)
  const inWeChat = /MicroMessenger/i.test(navigator.userAgent)
  const NAMES = { amap: t('Amap'), baidu: t('Baidu map'), tencent: t('Tencent map'), apple: t('Apple maps') }

  // What works here: WeChat opens no other app by its own address, and Apple's map is only on Apple's phones.
  const usable = () => Object.keys(NAMES).filter((name) => !(name === 'apple' && !apple) && !(name === 'baidu' && inWeChat))

  function address(links, name) {
    return name === 'baidu' && apple ? links.baidu.replace(/^bdapp:/, 'baidumap:') : links[name]
  }

  function link(links, name, look) {
    const outside = address(links, name)
    const away = outside.startsWith('https:') ? { target: '_blank', rel: 'noreferrer' } : {}
    return h('a', Object.assign({ class: 'button ' + (look || ''), href: outside, 'data-map': name, onclick: () => keep.chooseMap(name) }, away), NAMES[name])
  }

  const linksOf = (job) => (job.home && job.home.maps) || job.place

  Phone.maps = {
    // For the foot of the screen: straight into the map chosen before, or to the choice.
    go(job, choose) {
      const links = linksOf(job)
      if (!links) return null
      const chosen = keep.map()
      return usable().includes(chosen) ? link(links, chosen) : Phone.pieces.button(t('Show the way'), choose)
    },
    sheet: (job) =>
      h('div', { class: 'stack' },
        h('h1', {}, t('Which map?')),
        linksOf(job) ? usable().map((name) => link(linksOf(job), name)) : h('p', {}, t('Nobody knows the place: ring the centre')),
        Phone.pieces.copyAddress(job.home)),
  }
})(Phone)
