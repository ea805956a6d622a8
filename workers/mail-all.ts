// Mails to those who look after the installation. One who cannot be reached keeps nobody else from being told.
import { Refused } from '../src/domain/errors.ts'
import { errorFacts, type Logger } from '../src/logger.ts'
import type { Mailer, OwnMail } from '../src/mail/mailer.ts'

/**
 * Sends the mail to each of these addresses, which lupa.yaml names. Throws when nobody was told: Refused where the server will have
 * none of the addresses, else what it failed with.
 */
export async function mailAll(
  mailer: Mailer,
  addresses: string[],
  mail: Omit<OwnMail, 'to'>,
  log: Logger,
): Promise<void> {
  let [told, failure]: [number, unknown] = [0, null]
  for (const [place, to] of [...new Set(addresses)].entries()) {
    try {
      if ((await mailer.send({ to, ...mail })) === 'sent') told += 1
      else log.error({ address: place + 1 }, 'the mail server refuses an address of lupa.yaml')
    } catch (error) {
      failure ??= error
      log.warn({ address: place + 1, ...errorFacts(error) }, 'an address of lupa.yaml could not be mailed')
    }
  }
  if (told > 0 || addresses.length === 0) return
  throw (
    failure ??
    new Refused(
      'The mail server refuses every address that alarms and reminders go to, so nobody was told: correct alarms and responsible in lupa.yaml.',
    )
  )
}
