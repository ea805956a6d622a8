// Bull Board over our two queues, to look and never to touch: what may be asked of it, and where its own files are.
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import type { AppControllerRoute, BullBoardQueues, IServerAdapter, UIConfig } from '@bull-board/api/typings/app'
import { openBullQueue, type QueueHome } from './backend.ts'
import { queueNames } from './jobs.ts'
import { inTime } from './queue.ts'

export type BoardAnswer = { status: number; body: unknown }

export type QueueBoard = {
  /** Answers what its page asks (`/api/queues`); nothing that can be asked changes anything. Null for an unknown question. Throws Unavailable when the queues do not answer. */
  ask: (question: string, query: Record<string, unknown>) => Promise<BoardAnswer | null>
  /** The scripts and style sheets of its page, and what the script wants to be told. */
  page: { scripts: string[]; styles: string[]; config: UIConfig }
  /** Every file that its page may fetch: `static/js/main.js` → where it is. */
  files: Map<string, string>
  close: () => Promise<void>
}

/** Opens the board, and queues of its own to look at. The caller closes it. */
export function openQueueBoard(home: QueueHome, config: UIConfig): QueueBoard {
  const queues = queueNames.map((name) => openBullQueue(home, name))
  for (const one of queues) one.on('error', () => {})
  const told = new Told()
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true })),
    serverAdapter: told,
    options: { uiConfig: config },
  })
  return {
    ask: (question, query) => told.ask(question, query),
    page: { ...partsOfPage(), config: told.config },
    files: filesBelow(path.join(ui, 'static')),
    close: async () => {
      for (const one of queues) await inTime(one.close()).catch(() => one.disconnect())
    },
  }
}

/** What Bull Board tells the server that is to serve it. */
class Told implements IServerAdapter {
  config: UIConfig = {}
  #queues: BullBoardQueues = new Map()
  #questions: { parts: string[]; handler: AppControllerRoute['handler'] }[] = []

  /** Read-only is the board's own promise; that only what is asked with GET is there at all is ours. */
  setApiRoutes(routes: AppControllerRoute[]) {
    this.#questions = routes
      .filter(({ method }) => method === 'get')
      .flatMap(({ route, handler }) => [route].flat().map((one) => ({ parts: one.split('/'), handler })))
    return this
  }
  setQueues(queues: BullBoardQueues) {
    this.#queues = queues
    return this
  }
  setUIConfig(config: UIConfig) {
    this.config = config
    return this
  }
  setViewsPath = () => this
  setStaticPath = () => this
  setEntryRoute = () => this
  setErrorHandler = () => this

  async ask(question: string, query: Record<string, unknown>): Promise<BoardAnswer | null> {
    const asked = question.split('/')
    for (const { parts, handler } of this.#questions) {
      const params = paramsOf(parts, asked)
      if (!params) continue
      const given = { params, query, body: {}, headers: {}, queues: this.#queues, uiConfig: this.config }
      const { status = 200, body } = await inTime(Promise.resolve(handler(given)))
      return { status, body }
    }
    return null
  }
}

/** What a path has in the places of `:names`; null when it is another path. */
function paramsOf(parts: string[], asked: string[]): Record<string, string> | null {
  const fits = parts.length === asked.length && parts.every((part, at) => part.startsWith(':') || part === asked[at])
  if (!fits) return null
  const named = parts.flatMap((part, at) => (part.startsWith(':') ? [[part.slice(1), asked[at]]] : []))
  return Object.fromEntries(named)
}

const ui = path.join(path.dirname(createRequire(import.meta.url).resolve('@bull-board/ui/package.json')), 'dist')

/** The page as it is shipped fetches fonts from somebody else; ours is made of the same scripts and styles without that. */
function partsOfPage() {
  const shipped = readFileSync(path.join(ui, 'index.ejs'), 'utf8')
  const all = (pattern: RegExp) => [...shipped.matchAll(pattern)].map(([, one]) => one as string)
  return { scripts: all(/src="(static\/[^"<]+\.js)"/g), styles: all(/href="(static\/[^"<]+\.css)"/g) }
}

function filesBelow(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
  const full = files.map((one) => path.join(one.parentPath, one.name))
  return new Map(full.map((file) => [path.relative(ui, file).split(path.sep).join('/'), file]))
}
