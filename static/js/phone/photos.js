// Photos of a visit: made small on the phone, kept in its database until the centre has them, and then taken out of it.
//
// A picture is too large for the local storage where the taps wait. What could not be sent for a day is dropped: it shows
// the inside of somebody's home.
'use strict'
;(function (Phone) {
  const NAME = 'anxin.phone'
  const STORE = 'photos'
  const LARGEST_BYTES = 300 * 1024
  const LONGEST_SIDE = 1280
  const QUALITIES = [0.8, 0.65, 0.5, 0.35]
  const LONGEST_WAIT_MS = 24 * 3600 * 1000

  const memory = new Map() // where the browser gives no database (private browsing): until the page is closed
  let waiting = 0
  let sending = false

  function open() {
    return new Promise(function (resolve, reject) {
      const asked = indexedDB.open(NAME, 1)
      asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: 'key' })
      asked.onsuccess = () => resolve(asked.result)
      asked.onerror = () => reject(asked.error)
    })
  }

  // One request in a transaction of its own; resolves with its result when the whole is on the disk.
  async function within(mode, act) {
    const database = await open()
    try {
      return await new Promise(function (resolve, reject) {
        const transaction = database.transaction(STORE, mode)
        const asked = act(transaction.objectStore(STORE))
        transaction.oncomplete = () => resolve(asked.result)
        transaction.onerror = transaction.onabort = () => reject(transaction.error)
      })
    } finally {
      database.close()
    }
  }

  const put = (photo) => within('readwrite', (store) => store.put(photo)).catch(() => memory.set(photo.key, photo))
  const all = () => within('readonly', (store) => store.getAll()).catch(() => []).then((kept) => kept.concat(Array.from(memory.values())))

  async function drop(key) {
    memory.delete(key)
    await within('readwrite', (store) => store.delete(key)).catch(() => {})
    await count()
  }

  async function count() {
    const mine = (await all()).filter((photo) => !Phone.me || photo.user === Phone.me.id)
    waiting = mine.length
    photos.ofVisit = {}
    for (const { visit } of mine) photos.ofVisit[visit] = (photos.ofVisit[visit] || 0) + 1
    Phone.show()
  }

  function drawn(file) {
    if (window.createImageBitmap) return createImageBitmap(file)
    return new Promise(function (resolve, reject) {
      const reader = new FileReader() // the page's policy allows data:, not blob:
      reader.onerror = reject
      reader.onload = function () {
        const image = new Image()
        image.onload = () => resolve(image)
        image.onerror = reject
        image.src = reader.result
      }
      reader.readAsDataURL(file)
    })
  }

  // Smaller until it fits; drawing it anew also leaves behind what the camera wrote into the file, such as the place.
  async function small(file) {
    const image = await drawn(file)
    for (let side = LONGEST_SIDE; side >= 320; side /= 2) {
      const scale = Math.min(1, side / Math.max(image.width, image.height))
      const canvas = document.createElement('canvas')
      canvas.width = Math.max(1, Math.round(image.width * scale))
      canvas.height = Math.max(1, Math.round(image.height * scale))
      canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height)
      for (const quality of QUALITIES) {
        const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality))
        if (blob && blob.size <= LARGEST_BYTES) return blob
      }
    }
    throw new Error('this picture cannot be made small')
  }

  const photos = {
    ofVisit: {}, // how many wait, for each visit
    sent: {}, // how many the centre has taken since the page was opened, for each visit
    waiting: () => waiting,

    async add(visit, file) {
      const picture = await (await small(file)).arrayBuffer()
      await put({ key: Phone.uuid(), visit, user: Phone.me.id, at: Date.now(), picture })
      await count()
      Phone.line.hurry()
    },

    // Whoever calls does not wait for it. What could not be sent stays for the next call.
    flush(send) {
      if (sending) return
      sending = true
      sendAll(send).catch(() => {}).then(() => (sending = false))
    },

    forget() {
      memory.clear()
      if (window.indexedDB) indexedDB.deleteDatabase(NAME)
    },
  }

  // One after the other, until a tap wants the line. A photo the centre refuses is dropped with its words.
  async function sendAll(send) {
    for (const photo of await all()) {
      if (Phone.line.waiting().length) return
      if (Date.now() - photo.at > LONGEST_WAIT_MS) await drop(photo.key)
      else if (Phone.me && photo.user === Phone.me.id) {
        const { status, body } = await send(photo)
        if (status === 200) photos.sent[photo.visit] = (photos.sent[photo.visit] || 0) + 1
        else if (status === 404 || status === 409 || status === 413 || status === 422) Phone.tell(body.message, body.fix)
        else return
        await drop(photo.key)
      }
    }
  }

  Phone.photos = photos
  Phone.countPhotos = count
})(Phone)
