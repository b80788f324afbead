// Which files differ from what was last transformed, by looking at the disk and not by trusting a watcher.
import { createHash } from 'node:crypto'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

const SOURCE = /\.(?:[cm]?[jt]sx?|json|vue|svelte|astro|graphql|prisma)$|^\.env/
const TICK = 50 // ms; coarser than any clock tick of a file system we know

/** Stamps of every loaded file and of the folders they are in. */
export class Freshness {
  #stamps = new Map()
  #folders = new Map()
  #since = 0

  /**
   * Compare `paths`, and those we were `told` of, with their stamps. `changed` lists files with other bytes, `moved` tells
   * whether a source file came or went: then a resolved import may now mean another file.
   */
  sweep(paths, told = []) {
    const now = Date.now()
    const named = new Set(told)
    const changed = []
    let moved = false
    for (const path of new Set([...told, ...paths])) {
      const { stamp, at } = look(path)
      const known = this.#stamps.get(path)
      // A file first loaded by the last run may have been written since: only an older one is surely the one loaded.
      const fresh = named.has(path) || stamp === '' || at >= this.#since - TICK
      // A stamp this young may be shared by a later write, since clocks of file systems tick slowly: then bytes tell.
      const bytes = at > now - TICK || known?.bytes ? digest(path) : ''
      const other = known === undefined ? fresh : known.stamp !== stamp || (known.bytes !== '' && known.bytes !== bytes)
      if (other) changed.push(path)
      if (other && (stamp === '') !== (known === undefined || known.stamp === '')) moved = true
      this.#stamps.set(path, { stamp, bytes: at > now - TICK ? bytes : '' })
    }
    for (const folder of new Set(paths.map(dirname))) moved = this.#entries(folder, now) || moved
    this.#since = now
    return { changed, moved }
  }

  #entries(folder, now) {
    const { stamp, at } = look(folder)
    const known = this.#folders.get(folder)
    if (known?.stamp === stamp) return false
    const names = stamp === '' ? [] : readdirSync(folder).filter((name) => SOURCE.test(name)).sort()
    this.#folders.set(folder, { stamp: at > now - TICK ? null : stamp, names: names.join('/') }) // a young stamp, as above
    if (known !== undefined) return known.names !== names.join('/')
    // Nobody knows what it held when what is in it was loaded: as much as now, unless it is younger, and something in it.
    const young = (at) => at >= this.#since - TICK
    return young(at) && names.some((name) => young(look(join(folder, name)).at))
  }
}

function look(path) {
  try {
    const { mtimeMs, ctimeMs, size, ino } = statSync(path)
    return { stamp: `${mtimeMs} ${ctimeMs} ${size} ${ino}`, at: ctimeMs }
  } catch {
    return { stamp: '', at: 0 }
  }
}

function digest(path) {
  try {
    return createHash('sha1').update(readFileSync(path)).digest('hex')
  } catch {
    return 'gone'
  }
}
