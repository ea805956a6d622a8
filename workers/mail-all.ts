// Mails to those who look after the installation: each is told of each thing once. One who cannot be reached keeps nobody else from being told.
import { Refused } from '../src/domain/errors.ts'
import { errorFacts } from '../src/logger.ts'
import type { Mailer, OwnMail } from '../src/mail/mailer.ts'
import { forgetTold, rememberTold, toldOf } from '../src/register/told.ts'
import type { StepContext } from './processor.ts'

/** What is to be told: things, each by a name of its own, and the mail about some of them. */
export type News<Thing> = {
  things: Thing[]
  about: (thing: Thing) => string
  mail: (things: Thing[]) => Omit<OwnMail, 'to'>
}

type Surroundings = Pick<StepContext, 'db' | 'keys' | 'clock' | 'log'>

/**
 * Mails to each of these addresses, which lupa.yaml names, what it was not told of yet; a mail that the server took is written down at
 * once, so that no crash and no later failure repeats it. Returns whether all is done: everybody was told, or the server will never have
 * them. Then the caller writes down that the things were told. Throws when nobody was told: Refused where the server will have none of
 * the addresses, else what it failed with.
 */
export async function mailAll<Thing>(
  around: Surroundings,
  mailer: Mailer,
  addresses: string[],
  news: News<Thing>,
): Promise<boolean> {
  let [told, failure]: [number, unknown] = [0, null]
  for (const [place, to] of [...new Set(addresses)].entries()) {
    try {
      if (await mailOne(around, mailer, to, news)) told += 1
      else around.log.error({ address: place + 1 }, 'the mail server refuses an address of lupa.yaml')
    } catch (error) {
      failure ??= error
      around.log.warn({ address: place + 1, ...errorFacts(error) }, 'an address of lupa.yaml could not be mailed')
    }
  }
  if (told > 0 || addresses.length === 0) return failure === null
  throw (
    failure ??
    new Refused(
      'The mail server refuses every address that alarms and reminders go to, so nobody was told: correct alarms and responsible in lupa.yaml.',
    )
  )
}

/** Whether one addressee knows of everything now; false where the server will never have them. */
async function mailOne<Thing>(
  { db, keys, clock }: Surroundings,
  mailer: Mailer,
  to: string,
  { things, about, mail }: News<Thing>,
): Promise<boolean> {
  const known = await toldOf(db, things.map(about), keys.hashes('addressee', to))
  const unknown = things.filter((thing) => !known.has(about(thing)))
  if (unknown.length === 0) return true
  if ((await mailer.send({ to, ...mail(unknown) })) === 'refused') return false
  await rememberTold(db, unknown.map(about), keys.hash('addressee', to), clock())
  return true
}

/** Everybody was told: who was, need not be known any more. */
export async function allTold<Thing>({ db, clock }: Surroundings, { things, about }: News<Thing>): Promise<void> {
  await forgetTold(db, things.map(about), clock())
}
