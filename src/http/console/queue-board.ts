// Bull Board behind the login of an owner: the jobs one by one, which hold ids only. It is a program of others, in English and
// with a script of its own, so it is let do less than nothing elsewhere: it reads, and this policy holds for its pages alone.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Context } from '../../context.ts'
import { Unavailable } from '../../domain/errors.ts'
import type { QueueBoard } from '../../queue/queue-board.ts'
import { rendered } from '../public-page.ts'
import { consoleHeaders } from './console-page.ts'
import type { ConsoleScope, Desk } from './console-routes.ts'

/** Where the board is. */
export const boardPath = '/console/settings/queues'

/**
 * Wider than the policy of our own pages by three things, and still without anybody else's server: scripts from files of ours
 * (there is no inline one, and nothing is evaluated), style attributes and elements that its editor and charts make as they
 * run, and its pictures. It can be framed by nobody and posts nowhere.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "base-uri 'self'",
].join('; ')

/** Adds the board. It is opened when an owner first asks for it, and closed with the server. */
export function queueBoardRoutes({ owned }: ConsoleScope, server: FastifyInstance, context: Context): void {
  let opening: Promise<QueueBoard> | null = null
  const board = () => {
    opening ??= import('../../queue/queue-board.ts').then(({ openQueueBoard }) =>
      openQueueBoard(context.queues.home, settings),
    )
    return opening
  }
  server.addHook('onClose', async () => (await opening)?.close())
  owned(boardPath, async (_desk, _request, reply) => reply.redirect(`${boardPath}/`, 303))
  owned(`${boardPath}/*`, async (desk, _request, reply) => sendPage(desk, reply, await board()))
  owned(`${boardPath}/static/*`, async (_desk, request, reply) => {
    const file = (await board()).files.get(`static/${below(request)}`)
    return file ? sendFile(reply, file) : reply.callNotFound()
  })
  // The page asks every few seconds: that alone keeps nobody logged in.
  owned(`${boardPath}/api/*`, async (_desk, request, reply) => sendAnswer(request, reply, await board()), {
    byItself: true,
  })
}

const below = ({ params }: FastifyRequest) => (params as { '*': string })['*']

const settings = {
  boardTitle: 'Lupa',
  hideDocsLink: true,
  sortQueues: true,
  pollingInterval: { showSetting: true },
} as const

function sendPage({ context, language }: Desk, reply: FastifyReply, { page }: QueueBoard) {
  const says = words[language]
  const style = backStyle(context.config.company?.look?.colour ?? '#2f5d3a')
  const config = JSON.stringify({ ...page.config, miscLinks: [] }).replaceAll('<', '\\u003c')
  return reply
    .headers({ ...consoleHeaders, 'content-security-policy': policy })
    .type('text/html; charset=utf-8')
    .send(rendered(shell, { ...page, config, style, says, language, base: `${boardPath}/`, back: '/console/settings' }))
}

const types: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
}

async function sendFile(reply: FastifyReply, file: string) {
  // Their names change with their content.
  reply.headers({ ...consoleHeaders, 'cache-control': 'private, max-age=86400' })
  return reply.type(types[path.extname(file)] ?? 'application/octet-stream').send(await readFile(file))
}

async function sendAnswer(request: FastifyRequest, reply: FastifyReply, board: QueueBoard) {
  const asked = board.ask(`/api/${below(request)}`, request.query as Record<string, unknown>)
  const answer = await asked.catch((error) => {
    if (!(error instanceof Unavailable)) throw error
    return { status: 503, body: { error: error.message } }
  })
  const { status, body } = answer ?? { status: 404, body: { error: 'There is no such question.' } }
  return reply.code(status).headers(consoleHeaders).send(body)
}

const words = {
  fi: { title: 'Työjonot', back: '← Takaisin asetuksiin' },
  en: { title: 'Queues', back: '← Back to the settings' },
} as const

const backStyle = (colour: string) =>
  `.back{position:fixed;right:16px;bottom:16px;z-index:50;padding:8px 14px;border-radius:6px;background:${colour};color:#fff;font:14px/1.4 system-ui,sans-serif}`

const shell = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<base href="<%= it.base %>">
<title><%= it.says.title %> · Lupa</title>
<% for (const one of it.styles) { %><link href="<%= one %>" rel="stylesheet">
<% } %><style><%~ it.style %></style>
</head>
<body class="preload">
<script id="__UI_CONFIG__" type="application/json"><%~ it.config %></script>
<div id="root"></div>
<a class="back" href="<%= it.back %>" lang="<%= it.language %>"><%= it.says.back %></a>
<% for (const one of it.scripts) { %><script defer src="<%= one %>"></script>
<% } %></body>
</html>
`
