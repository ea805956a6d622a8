// A tiny SMTP server that keeps what it is sent: the make-believe mailboxes of tests and the demo.
import { once } from 'node:events'
import net from 'node:net'
import { createInterface } from 'node:readline'

export type CaughtMail = { from: string; to: string; subject: string; headers: Record<string, string>; text: string }

export type MailCatcher = {
  /** For SMTP_URL. */
  url: string
  /** Everything that was delivered, the oldest first. */
  mails: CaughtMail[]
  /** Addresses at which the server goes away in the middle, as long as they are here. */
  away: Set<string>
  close: () => Promise<void>
}

/** Listens on a free port of this machine. Addresses that begin with `refused` are turned away for good. */
export async function catchMail(): Promise<MailCatcher> {
  const mails: CaughtMail[] = []
  const away = new Set<string>()
  const open = new Set<net.Socket>()
  const server = net.createServer((socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket)).on('error', () => {})
    converse(socket, away, (mail) => mails.push(mail))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    away,
    close: async () => {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** One conversation as RFC 5321 has it, without what nobody needs here. */
function converse(socket: net.Socket, away: Set<string>, caught: (mail: CaughtMail) => void): void {
  const say = (line: string) => socket.write(`${line}\r\n`)
  let envelope = { from: '', to: '' }
  let data: string[] | null = null
  say('220 catcher.example')
  createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
    if (data && line === '.') {
      caught({ ...envelope, ...parsed(data) })
      data = null
      return say('250 kept')
    }
    if (data) return data.push(line.replace(/^\./, ''))
    const address = /<(.*)>/.exec(line)?.[1] ?? ''
    if (/^mail from/i.test(line)) envelope = { from: address, to: '' }
    if (/^rcpt to/i.test(line) && away.has(address)) return socket.destroy()
    if (/^rcpt to:<refused/i.test(line)) return say('550 no such mailbox')
    if (/^rcpt to/i.test(line)) envelope.to = address
    if (/^data/i.test(line)) {
      data = []
      return say('354 go on')
    }
    if (/^quit/i.test(line)) return socket.end('221 bye\r\n')
    return say('250 yes')
  })
}

function parsed(lines: string[]): Omit<CaughtMail, 'from' | 'to'> {
  const end = lines.indexOf('')
  const unfolded = lines.slice(0, end).join('\n').replace(/\n\s+/g, ' ')
  const headers = Object.fromEntries(
    unfolded.split('\n').map((line) => {
      const at = line.indexOf(':')
      return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()]
    }),
  )
  const body = lines.slice(end + 1).join('\n')
  return {
    headers,
    subject: decodedWords(headers['subject'] ?? ''),
    text: decoded(body, headers['content-transfer-encoding'] ?? '7bit'),
  }
}

function decoded(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8')
  return encoding === 'quoted-printable' ? unquoted(body.replace(/=\n/g, '')) : body
}

function decodedWords(text: string): string {
  return text.replace(/=\?utf-8\?(q|b)\?(.*?)\?=\s*/gi, (_, kind: string, word: string) =>
    /b/i.test(kind) ? Buffer.from(word, 'base64').toString('utf8') : unquoted(word.replaceAll('_', ' ')),
  )
}

function unquoted(text: string): string {
  return Buffer.from(
    text.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8')
}
