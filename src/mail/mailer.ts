// Our own mails, one at a time, through the SMTP server of SMTP_URL. Newsletters never go this way.
import type { Transporter } from 'nodemailer'

/** A plain text mail to one address. */
export type OwnMail = { to: string; subject: string; text: string }

export type Mailer = {
  /** `refused`: the server took the connection and will never take this address. Throws when it cannot be reached. */
  send: (mail: OwnMail) => Promise<'sent' | 'refused'>
}

/** Nothing waits longer than this for the SMTP server. Milliseconds. */
const patienceMs = 10_000

/** Opens the door to one SMTP server; nothing is contacted before the first mail. */
export function openMailer(smtpUrl: string, from: { name: string; address: string }): Mailer {
  let transport: Transporter | null = null
  return {
    send: async ({ to, subject, text }) => {
      try {
        // Answers of machines to a machine are of no use to anybody (RFC 3834).
        const headers = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' }
        transport ??= await openTransport(smtpUrl)
        await transport.sendMail({ from, to: { name: '', address: to }, subject, text, headers })
        return 'sent'
      } catch (error) {
        if (refusesAddress(error)) return 'refused'
        throw error
      }
    },
  }
}

// Most processes never mail: the package is loaded when one does.
async function openTransport(url: string): Promise<Transporter> {
  const { createTransport } = await import('nodemailer')
  return createTransport({
    url,
    connectionTimeout: patienceMs,
    greetingTimeout: patienceMs,
    socketTimeout: patienceMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}

function refusesAddress(error: unknown): boolean {
  const { code, responseCode } = error as { code?: string; responseCode?: number }
  return code === 'EENVELOPE' && responseCode !== undefined && responseCode >= 500
}
