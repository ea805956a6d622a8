// Judges what left the register by what had been said until then, and by nothing that the register made of it.
import type { Outgoing } from './paper-register.ts'
import { type Fact, type Mailbox, people, type Story, type Who } from './story.ts'

/** A fact, with where the person lived when it was heard. */
type Heard = { said: Fact; at: Mailbox | undefined; chapter: number }

/**
 * Disclosures and mails that should not have been, each with the reason: nobody gets one after their own no, or after a no at
 * their mailbox, without a later personal yes; nor without any permission; nor once they are erased (mission.md, I1, I2, I5).
 */
export function wrongMails(story: Story, outgoing: readonly Outgoing[]): string[] {
  const { heard, erasures, lived } = historyOf(story, outgoing)
  return outgoing.flatMap((one) => {
    const before = heard.filter(({ chapter }) => chapter <= one.chapter)
    const because = wrong(one, before, erasures, lived)
    return because ? [`${one.who} ${one.what} at ${one.mailbox} in chapter ${one.chapter}: ${because}`] : []
  })
}

type Erasure = { who: Who; mailbox: Mailbox; chapter: number }
type Stay = { who: Who; mailbox: Mailbox; from: number; until: number }

function wrong({ who, mailbox, chapter }: Outgoing, heard: Heard[], erasures: Erasure[], lived: Stay[]): string | null {
  const gone = erasures.filter((one) => one.chapter < chapter)
  if (gone.some((one) => one.who === who)) return 'erased'

  const own = heard.filter(({ said }) => 'who' in said && said.who === who)
  if (!own.some(({ said }) => said.fact === 'file-yes' || said.fact === 'yes')) return 'no permission'
  const ownYes = lastDay(own, 'yes')
  if (lastDay(own, 'no') >= ownYes && lastDay(own, 'no') >= 0) return 'they said no'

  const there = heard.filter(({ said, at }) => (said.fact === 'mailbox-no' ? said.mailbox : at) === mailbox)
  const no = Math.max(lastDay(there, 'no'), lastDay(there, 'mailbox-no'))
  if (no >= 0 && no >= lastDay(there, 'yes')) return 'somebody said no at that mailbox'

  // A no at a mailbox they lived in goes along with them, unless it was answered there or by themselves.
  for (const { said, chapter: heardIn } of heard) {
    if (said.fact !== 'mailbox-no') continue
    const theirs = lived.some(
      (stay) => stay.who === who && stay.mailbox === said.mailbox && heardIn <= stay.until && stay.from <= chapter,
    )
    const answered = heard.filter(({ at }) => at === said.mailbox)
    if (theirs && said.day >= Math.max(ownYes, lastDay(answered, 'yes'))) return 'a no at an earlier mailbox of theirs'
  }
  return null
}

const lastDay = (heard: Heard[], fact: Fact['fact']): number =>
  Math.max(-1, ...heard.filter(({ said }) => said.fact === fact).map(({ said }) => ('day' in said ? said.day : -1)))

function historyOf({ homes, chapters }: Story, outgoing: readonly Outgoing[]) {
  const home = new Map<Who, Mailbox>(people.map((who) => [who, homes[who]]))
  const heard: Heard[] = []
  const erasures: Erasure[] = []
  // Mailboxes of somebody who was erased: nobody moves there.
  const kept = new Set<Mailbox>()
  const lived: Stay[] = people.map((who) => ({ who, mailbox: homes[who], from: 0, until: Number.POSITIVE_INFINITY }))
  chapters.forEach(({ heard: facts, next }, chapter) => {
    for (const said of facts) heard.push({ said, at: 'who' in said ? home.get(said.who) : undefined, chapter })
    const where = 'who' in next ? home.get(next.who) : undefined
    if (next.step === 'erase' && where) {
      erasures.push({ who: next.who, mailbox: where, chapter })
      home.delete(next.who)
      kept.add(where)
      for (const one of outgoing) {
        const theirs = one.who === next.who && one.chapter < chapter
        if (theirs && ![...home.values()].includes(one.mailbox)) kept.add(one.mailbox)
      }
    }
    if (next.step !== 'move' || !where || kept.has(next.to)) return
    for (const stay of lived) if (stay.who === next.who && stay.until === Number.POSITIVE_INFINITY) stay.until = chapter
    lived.push({ who: next.who, mailbox: next.to, from: chapter, until: Number.POSITIVE_INFINITY })
    home.set(next.who, next.to)
  })
  return { heard, erasures, lived }
}
