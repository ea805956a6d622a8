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
  const history = historyOf(story, outgoing)
  return outgoing.flatMap((one) => {
    const because = wrong(one, history)
    return because ? [`${one.who} ${one.what} at ${one.mailbox} in chapter ${one.chapter}: ${because}`] : []
  })
}

type Erasure = { who: Who; mailbox: Mailbox; chapter: number }
type Merge = { keep: Who; gone: Who; chapter: number }
type History = { heard: Heard[]; erasures: Erasure[]; merges: Merge[]; lived: Stay[] }
type Stay = { who: Who; mailbox: Mailbox; from: number; until: number }

function wrong({ who, mailbox, chapter }: Outgoing, history: History): string | null {
  const { erasures, merges, lived } = history
  const heard = history.heard.filter((one) => one.chapter <= chapter)
  if (erasures.some((one) => one.chapter < chapter && one.who === who)) return 'erased'

  const names = namesOf(who, merges, chapter)
  const own = heardOf(heard, names)
  if (!own.some(({ said }) => said.fact === 'file-yes' || said.fact === 'yes')) return 'no permission'
  const ownYes = lastDay(own, 'yes')
  if (lastDay(own, 'no') >= ownYes && lastDay(own, 'no') >= 0) return 'they said no'
  // A yes of the other one from before they turned out to be one answers nothing; merging is later than every day of a story.
  for (const merge of merges.filter((one) => one.chapter < chapter && names.has(one.gone))) {
    const until = heard.filter((one) => one.chapter <= merge.chapter)
    const both = heardOf(until, namesOf(merge.keep, merges, merge.chapter + 1))
    // A yes that a file took back had answered no no: the no stood at its own day, and a later yes answers it.
    if (Math.max(lastDay(both, 'no'), lastDay(both, 'file-silent')) >= lastDay(both, 'yes')) continue
    for (const side of [merge.keep, merge.gone]) {
      const theirs = heardOf(until, namesOf(side, merges, merge.chapter))
      const no = lastDay(theirs, 'no')
      if (no >= 0 && no >= lastDay(theirs, 'yes')) return 'one of two who turned out to be one had said no'
    }
  }

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

/** Everybody who turned out to be this person before a chapter. */
function namesOf(who: Who, merges: Merge[], chapter: number): Set<Who> {
  const names = new Set([who])
  const until = merges.filter((one) => one.chapter < chapter).reverse()
  for (const { keep, gone } of until) if (names.has(keep)) names.add(gone)
  return names
}

const heardOf = (heard: Heard[], names: Set<Who>) => heard.filter(({ said }) => 'who' in said && names.has(said.who))

const lastDay = (heard: Heard[], fact: Fact['fact']): number =>
  Math.max(-1, ...heard.filter(({ said }) => said.fact === fact).map(({ said }) => ('day' in said ? said.day : -1)))

function historyOf({ homes, chapters }: Story, outgoing: readonly Outgoing[]): History {
  const home = new Map<Who, Mailbox>(people.map((who) => [who, homes[who]]))
  const heard: Heard[] = []
  const erasures: Erasure[] = []
  const merges: Merge[] = []
  // Mailboxes of somebody who was erased: nobody moves there.
  const kept = new Set<Mailbox>()
  const lived: Stay[] = people.map((who) => ({ who, mailbox: homes[who], from: 0, until: Number.POSITIVE_INFINITY }))
  const leaves = (who: Who, chapter: number) => {
    home.delete(who)
    for (const stay of lived) if (stay.who === who && stay.until === Number.POSITIVE_INFINITY) stay.until = chapter
  }
  const nowKnownAs = (who: Who): Who => {
    const merge = merges.find(({ gone }) => gone === who)
    return merge ? nowKnownAs(merge.keep) : who
  }
  const inTool = campaignsOf(outgoing, chapters)
  chapters.forEach(({ heard: facts, next }, chapter) => {
    for (const said of facts)
      heard.push({ said, at: 'who' in said ? home.get(nowKnownAs(said.who)) : undefined, chapter })
    if (next.step === 'merge') {
      const [keep, gone] = [nowKnownAs(next.keep), nowKnownAs(next.gone)]
      if (keep === gone || !home.has(keep) || !home.has(gone) || inTool(chapter)) return
      merges.push({ keep, gone, chapter })
      leaves(gone, chapter)
      return
    }
    if (!('who' in next)) return
    const who = nowKnownAs(next.who)
    const where = home.get(who)
    if (!where) return
    if (next.step === 'erase') {
      const names = namesOf(who, merges, chapter)
      erasures.push({ who, mailbox: where, chapter })
      leaves(who, chapter)
      kept.add(where)
      for (const one of outgoing) {
        const theirs = names.has(one.who) && one.chapter < chapter
        if (theirs && ![...home.values()].includes(one.mailbox)) kept.add(one.mailbox)
      }
    } else if (!kept.has(next.to)) {
      leaves(who, chapter)
      lived.push({ who, mailbox: next.to, from: chapter, until: Number.POSITIVE_INFINITY })
      home.set(who, next.to)
    }
  })
  return { heard, erasures, merges, lived }
}

/** Whether a campaign is under way when a chapter ends, as far as what left the register tells. */
function campaignsOf(outgoing: readonly Outgoing[], chapters: Story['chapters']): (chapter: number) => boolean {
  const begun = new Set(outgoing.filter(({ what }) => what === 'disclosed').map(({ chapter }) => chapter))
  const mailed = new Set(outgoing.filter(({ what }) => what === 'mailed').map(({ chapter }) => chapter))
  let [open, sent] = [false, false]
  const states = chapters.map(({ next }, chapter) => {
    if (begun.has(chapter)) [open, sent] = [true, false]
    // A gate that leaves nobody ends the campaign.
    if (next.step === 'send' && open && !sent) [open, sent] = mailed.has(chapter) ? [true, true] : [false, false]
    if (next.step === 'withdraw') open = false
    return open
  })
  return (chapter) => states[chapter] ?? false
}
