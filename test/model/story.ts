// A story that may befall a register: dated facts that arrive in any order, late and repeated, between steps that have an order.
import fc from 'fast-check'

export const people = ['ada', 'bo', 'cai'] as const
export type Who = (typeof people)[number]
/** Mailboxes: two people may share one, and move from one to another. */
export const mailboxes = ['a', 'b', 'c', 'd'] as const
export type Mailbox = (typeof mailboxes)[number]

/** What somebody said, and on which day; equal days are common. */
export type Fact =
  /** A file or an import says that they may be mailed: nobody's own act. */
  | { fact: 'file-yes'; who: Who; day: number }
  /** A file no longer says so. */
  | { fact: 'file-silent'; who: Who; day: number }
  /** The person's own documented permission. */
  | { fact: 'yes'; who: Who; day: number }
  /** `also`: the mailbox they said it from, where that is not their home. */
  | { fact: 'no'; who: Who; day: number; also?: Mailbox }
  /** A no of which only the address is known. */
  | { fact: 'mailbox-no'; mailbox: Mailbox; day: number }

export type Step =
  | { step: 'move'; who: Who; to: Mailbox }
  /** A campaign: everybody who may be mailed is disclosed. What is heard next comes before its gate. */
  | { step: 'disclose' }
  /** The gate, and the mail to whoever is still in the tool; nothing when nobody has been disclosed. */
  | { step: 'send' }
  | { step: 'withdraw' }
  | { step: 'erase'; who: Who }
  /** Two rows turn out to be one human. Refused while a campaign is under way; whatever happens to `gone` later happens to `keep`. */
  | { step: 'merge'; keep: Who; gone: Who }
  /** The file that everybody once came from is imported again, as it was: whoever was erased stays away. */
  | { step: 'import-again' }

/** A stretch of time: what is heard in it, in the order of arrival, and what is done at its end. */
export type Chapter = { heard: Fact[]; next: Step }
export type Story = { homes: Record<Who, Mailbox>; chapters: Chapter[] }

export const days = 6
const day = fc.nat({ max: days - 1 })
const who = fc.constantFrom(...people)
const mailbox = fc.constantFrom(...mailboxes)

const fact: fc.Arbitrary<Fact> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ fact: fc.constant('file-yes'), who, day }) },
  { weight: 1, arbitrary: fc.record({ fact: fc.constant('file-silent'), who, day }) },
  { weight: 4, arbitrary: fc.record({ fact: fc.constant('yes'), who, day }) },
  { weight: 3, arbitrary: fc.record({ fact: fc.constant('no'), who, day }) },
  { weight: 1, arbitrary: fc.record({ fact: fc.constant('mailbox-no'), mailbox, day }) },
)

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ step: fc.constant('move'), who, to: mailbox }) },
  { weight: 5, arbitrary: fc.constant({ step: 'disclose' } as const) },
  { weight: 5, arbitrary: fc.constant({ step: 'send' } as const) },
  { weight: 1, arbitrary: fc.constant({ step: 'withdraw' } as const) },
  { weight: 1, arbitrary: fc.record({ step: fc.constant('erase'), who }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constant('merge'), keep: who, gone: who }) },
  { weight: 1, arbitrary: fc.constant({ step: 'import-again' } as const) },
)

/** Any story of up to `chapters` chapters, each with up to three facts; some people begin with a permission. */
export const anyStory = (chapters: number): fc.Arbitrary<Story> =>
  fc
    .record({
      homes: fc.record({ ada: mailbox, bo: mailbox, cai: mailbox }),
      permitted: fc.subarray([...people]),
      chapters: fc.array(fc.record({ heard: fc.array(fact, { maxLength: 3 }), next: step }), {
        minLength: 1,
        maxLength: chapters,
      }),
    })
    .map(({ homes, permitted, chapters: [first, ...rest] }) => {
      const begin = permitted.map((one): Fact => ({ fact: 'file-yes', who: one, day: 0 }))
      const opening = first ?? { heard: [], next: { step: 'disclose' } }
      return { homes, chapters: [{ ...opening, heard: [...begin, ...opening.heard] }, ...rest] }
    })

/** The same story with each chapter's facts in another order, some of them told twice. `seed` decides which. */
export function retold({ homes, chapters }: Story, seed: number): Story {
  let state = seed + 1
  const random = (below: number) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
  const shuffled = (facts: Fact[]) => {
    const twice = [...facts, ...facts.filter(() => random(3) === 0)]
    for (let at = twice.length - 1; at > 0; at--) {
      const other = random(at + 1)
      ;[twice[at], twice[other]] = [twice[other] as Fact, twice[at] as Fact]
    }
    return twice
  }
  return { homes, chapters: chapters.map(({ heard, next }) => ({ heard: shuffled(heard), next })) }
}
