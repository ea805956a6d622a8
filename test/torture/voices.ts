// People speak: each says no in their own way, cannot be reached, or asks to be erased. Whoever gets no answer was not heard.
import { BadInput } from '../../src/domain/errors.ts'
import { afterProhibition } from '../../src/operator/after-prohibition.ts'
import { eraseNow } from '../../src/operator/person-orders.ts'
import { prohibit } from '../../src/register/permissions.ts'
import type { Emulator } from '../emulator/mailchimp/emulator.ts'
import { deliveredMails } from '../emulator/mailchimp/mails.ts'
import type { RoundPerson } from './people.ts'
import type { Voice } from './plan.ts'
import { control, patiently, type Scene } from './scene.ts'

/** People answer, each in their own way. */
export async function answer(scene: Scene): Promise<void> {
  for (const voice of scene.plan.answers) await speak(scene, voice)
}

/** Somebody who has not said anything says no, or cannot be reached. Whoever gets no answer was not heard. */
export async function speak(scene: Scene, voice: Voice | 'erasure'): Promise<void> {
  const { context, silent, heard, chance } = scene
  const [person] = chance.some(silent, 1)
  if (!person) return
  // Nobody speaks twice at once: who is being erased says nothing more.
  silent.splice(silent.indexOf(person), 1)
  const told = await sayNo(scene, person, voice)
  if (!told) silent.push(person)
  else if (!voice.endsWith('bounce')) heard.push({ person, by: voice, at: context.clock() })
}

async function sayNo(scene: Scene, { id, email }: RoundPerson, voice: Voice | 'erasure'): Promise<boolean> {
  const { context, emulator } = scene
  switch (voice) {
    case 'operator': {
      const said = {
        personId: id,
        at: context.clock(),
        channel: 'phone',
        actor: 'torture',
        onceKey: `no|${id}`,
      } as const
      await patiently(() => prohibit(context.db, said))
      await patiently(() => afterProhibition(context))
      return true
    }
    case 'erasure': {
      // A commit whose answer was lost has erased them.
      const gone = (error: unknown) => {
        if (!(error instanceof BadInput)) throw error
      }
      await patiently(() => eraseNow(context, id, 'request').then(() => {}, gone))
      return true
    }
    case 'own-link': {
      const link = ownLink(emulator, email)
      return (
        link !== null && (await fetch(link, { method: 'POST', body: oneClick() }).catch(() => null))?.status === 200
      )
    }
    case 'tool-link':
      return heardBy(control(scene, 'unsubscribe', { email }))
    case 'complaint':
      return heardBy(control(scene, 'complain', { email }))
    case 'hard-bounce':
    case 'soft-bounce':
      return heardBy(control(scene, 'bounce', { email, kind: voice === 'hard-bounce' ? 'hard' : 'soft' }))
    default:
      return voice satisfies never
  }
}

function oneClick(): URLSearchParams {
  return new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })
}

/** The first link of a mail that leads to our own page, or null where the person got no mail. */
function ownLink({ state }: Emulator, email: string): string | null {
  const [mail] = deliveredMails(state, { to: email })
  return mail?.links.find((link) => link.includes('/o/')) ?? null
}

async function heardBy(told: Promise<void>): Promise<boolean> {
  return told.then(
    () => true,
    () => false,
  )
}
