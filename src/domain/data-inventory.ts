// The data inventory (R-09, R-19, GDPR Art. 30): what prisma/schema.prisma says of each column about people. Pure: text in, list out.

/** What personal data are used for: the purposes of the notice (R-06 … R-08), and what law and people's requests oblige to. */
export const purposes = ['RELATIONSHIP', 'TIPS', 'MARKETING', 'RIGHTS'] as const
/** GDPR Art. 6(1)(f), (a), (b), (c). */
export const lawfulBases = ['legitimate-interest', 'consent', 'contract', 'legal-obligation'] as const
/** Where a column is filled from. */
export const origins = ['person', 'form', 'file', 'operator', 'tool', 'campaign', 'register'] as const

export type Purpose = (typeof purposes)[number]
export type LawfulBasis = (typeof lawfulBases)[number]
export type Origin = (typeof origins)[number]

/** What is told of a kind of data. `kept`: a lifetime of lupa.yaml, a time like 2d, or `ever`. */
export type DataTerms = {
  purposes: Purpose[]
  bases: LawfulBasis[]
  from: Origin[]
  kept: string
  shown: boolean
}

/** One column about people, as tables and columns are named in the database. `via`: functions that hand it to a role without a right to it. */
export type DataColumn = DataTerms & { table: string; column: string; category: string; via: string[] }

/** `others`: the columns about nobody. `problems`: a sentence for each column that lacks something, with how to mend it. */
export type DataInventory = {
  categories: Map<string, DataTerms>
  columns: DataColumn[]
  others: { table: string; column: string }[]
  problems: string[]
}

/** Reads the annotations of a Prisma schema. `lifetimes` are the names that lupa.yaml gives a time to. */
export function readInventory(schema: string, lifetimes: readonly string[]): DataInventory {
  const lines = schema.split('\n')
  const inventory: DataInventory = { categories: new Map(), columns: [], others: [], problems: [] }
  for (const line of lines) readCategory(line, inventory, lifetimes)
  let above: string | null = null
  let model: Model | null = null
  for (const line of lines) {
    const said = /\/\/\/.*?@data\s+(.+)$/.exec(line)?.[1]?.trim() ?? null
    const begins = /^model\s+(\w+)/.exec(line)
    const field = /^\s+(\w+)\s+[A-Z]\w*(\[\]|\?)?(\s|$)/.exec(line)
    if (/^\s*\/\/\//.test(line)) {
      above = said ?? above
      continue
    }
    if (begins) model = { name: begins[1] as string, table: tableOf(lines, line), said: above }
    else if (model && field) readColumn(model, line, said ?? above, inventory, lifetimes)
    above = null
  }
  return inventory
}

type Model = { name: string; table: string; said: string | null }

function readCategory(line: string, { categories, problems }: DataInventory, lifetimes: readonly string[]): void {
  const [, name, rest] = /^\/\/ @category\s+(\S+)\s*(.*)$/.exec(line) ?? []
  if (name === undefined) return
  const terms = { ...pairsOf(rest ?? '') }
  const lacks = ['for', 'basis', 'from', 'kept', 'shown'].filter((key) => terms[key] === undefined)
  if (lacks.length > 0)
    problems.push(`The category ${name} does not say ${lacks.join(', ')}: add it to its @category line.`)
  else categories.set(name, termsOf(terms, `The category ${name}`, problems, lifetimes))
}

function readColumn(
  model: Model,
  line: string,
  said: string | null,
  { categories, columns, others, problems }: DataInventory,
  lifetimes: readonly string[],
): void {
  const field = line.trim().split(/\s+/)[0] as string
  const place = `${model.name}.${field}`
  const [category, ...rest] = (said ?? model.said ?? '').split(/\s+/)
  const named = { table: model.table, column: /@map\("(\w+)"\)/.exec(line)?.[1] ?? field }
  if (category === 'none') {
    others.push(named)
    return
  }
  const terms = categories.get(category ?? '')
  if (!terms) {
    const wrong = category ? `says "${category}", which is no category` : 'does not say which personal data it is'
    const known = [...categories.keys()].join(', ')
    problems.push(
      `${place} ${wrong}: end its line in prisma/schema.prisma with "/// @data CATEGORY" (${known}), or "/// @data none" when it is about nobody.`,
    )
    return
  }
  const { via, ...own } = pairsOf(rest.join(' '))
  columns.push({
    ...named,
    category: category as string,
    ...terms,
    ...termsOf(own, place, problems, lifetimes),
    via: via?.split(',') ?? [],
  })
}

/** What an annotation says, the part it says; whatever is not on a closed list is a problem. */
function termsOf(
  said: Record<string, string>,
  place: string,
  problems: string[],
  lifetimes: readonly string[],
): DataTerms {
  const terms: Partial<DataTerms> = {}
  const known = <T extends string>(key: string, list: readonly T[]): T[] =>
    (said[key] as string).split(',').filter((word): word is T => {
      if ((list as readonly string[]).includes(word)) return true
      problems.push(`${place} says ${key}=${word}: there is ${list.join(', ')}.`)
      return false
    })
  for (const key of Object.keys(said)) {
    if (key === 'for') terms.purposes = known('for', purposes)
    else if (key === 'basis') terms.bases = known('basis', lawfulBases)
    else if (key === 'from') terms.from = known('from', origins)
    else if (key === 'shown') terms.shown = known('shown', ['yes', 'no'])[0] === 'yes'
    else if (key === 'kept' && (/^(ever|\d+[dhy])$/.test(said['kept'] ?? '') || lifetimes.includes(said['kept'] ?? '')))
      terms.kept = said['kept'] as string
    else
      problems.push(
        `${place} says ${key}=${said[key]}: write ${key === 'kept' ? `one of ${lifetimes.join(', ')}, a time like 2d, or ever` : 'for, basis, from, kept, shown or via'}.`,
      )
  }
  return terms as DataTerms
}

function pairsOf(text: string): Record<string, string> {
  const pairs = text.split(/\s+/).filter(Boolean)
  return Object.fromEntries(pairs.map((pair) => [pair.split('=')[0], pair.split('=')[1] ?? '']))
}

/** The table of the model that begins on `line`. */
function tableOf(lines: string[], line: string): string {
  const rest = lines.slice(lines.indexOf(line))
  const map = rest
    .slice(
      0,
      rest.findIndex((one) => one.startsWith('}')),
    )
    .find((one) => one.includes('@@map('))
  return /@@map\("(\w+)"\)/.exec(map ?? '')?.[1] ?? (/^model\s+(\w+)/.exec(line)?.[1] as string)
}
