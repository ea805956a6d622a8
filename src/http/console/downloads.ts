// Files that an owner takes along: made in a folder of the server's own, sent, and deleted.
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import type { FastifyReply } from 'fastify'
import { consoleHeaders } from './console-page.ts'

const types: Record<string, string> = {
  '.csv': 'text/csv; charset=utf-8',
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
}

/** Sends what `make` writes into the file it is given, under this name; nothing of it is left on the server. */
export async function sendMade(
  reply: FastifyReply,
  home: string,
  name: string,
  make: (file: string) => Promise<unknown>,
): Promise<FastifyReply> {
  const folder = path.join(home, 'incoming')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const own = await mkdtemp(path.join(folder, 'file-'))
  try {
    const file = path.join(own, name)
    await make(file)
    const bytes = await readFile(file)
    reply.headers({ ...consoleHeaders, 'content-disposition': `attachment; filename="${name}"` })
    reply.type(types[path.extname(name)] ?? 'application/octet-stream')
    await rm(own, { recursive: true, force: true })
    return reply.send(bytes)
  } finally {
    await rm(own, { recursive: true, force: true })
  }
}
