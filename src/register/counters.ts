// What processes count while they work, summed in the register: whoever is asked for metrics is rarely the one who counted.
import { type Database, sql } from './database.ts'

/** `tool_requests` and `tool_seconds` have the route and the outcome for a label (`GET /lists/{list_id} 200`). */
export type CounterName = 'tool_requests' | 'tool_seconds' | 'people_disclosed'

export type Counters = {
  /** Counts in this process; nothing is written yet. */
  add: (name: CounterName, label: string, by: number) => void
  /** Adds what was counted since the last time to the register. What cannot be written now is kept for the next time. */
  flush: () => Promise<void>
}

/** Counters of this process. `db` is asked for when there is something to write. */
export function openCounters(db: () => Database): Counters {
  let counted = new Map<string, number>()
  const add = (key: string, by: number) => counted.set(key, (counted.get(key) ?? 0) + by)
  return {
    add: (name, label, by) => void add(`${name} ${label}`, by),
    flush: async () => {
      const taken = counted
      if (taken.size === 0) return
      counted = new Map()
      try {
        await addToCounters(db(), taken)
      } catch (error) {
        for (const [key, by] of taken) add(key, by)
        throw error
      }
    },
  }
}

async function addToCounters(db: Database, counted: ReadonlyMap<string, number>): Promise<void> {
  // In order, so that two processes wait for each other.
  const rows = [...counted].sort(([one], [other]) => (one < other ? -1 : 1))
  await db.$executeRaw(sql`
    insert into counter as c (name, label, value)
    select split_part(key, ' ', 1), substr(key, strpos(key, ' ') + 1), value
    from unnest(${rows.map(([key]) => key)}::text[], ${rows.map(([, value]) => value)}::float8[]) as counted (key, value)
    on conflict (name, label) do update set value = c.value + excluded.value`)
}

/** Everything that was ever counted. */
export async function readCounters(db: Database): Promise<{ name: string; label: string; value: number }[]> {
  return db.counter.findMany({ orderBy: [{ name: 'asc' }, { label: 'asc' }] })
}
