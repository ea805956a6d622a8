// The life of a campaign as the console draws it: its stages in order, which are done, which is now, which is to come.
import { underlying } from '../../domain/campaign.ts'
import type { CampaignRecord } from '../../register/campaigns.ts'
import { type PageLanguage, pageTime } from '../page-language.ts'

export type Stage = { name: string; at: string; mark: 'done' | 'now' | 'next' }

/** The stages, with the time of each that has been, and of those whose time is known. */
export function stagesOf(campaign: CampaignRecord, language: PageLanguage): Stage[] {
  const says = words[language]
  const { approvedAt, selectedAt, disclosedAt, sentAt, sendAt, settleUntil, withdrawnAt, closedAt, deadline } = campaign
  const life: { name: string; done: Date | null; planned?: Date | null }[] = [
    { name: says.written, done: campaign.createdAt },
    { name: says.approved, done: approvedAt },
    { name: says.selected, done: selectedAt },
    { name: says.disclosed, done: disclosedAt },
    { name: says.sent, done: sentAt, planned: sendAt },
    { name: says.settled, done: campaign.withdrawalStartedAt, planned: settleUntil },
    { name: says.emptied, done: withdrawnAt, planned: deadline },
  ]
  const over = closedAt !== null
  // A cancelled campaign leaves out what never was.
  const lived = life.filter(({ done }) => done || !over)
  const first = lived.findIndex(({ done }) => !done)
  return lived.map(({ name, done, planned }, place) => ({
    name,
    at: done ? pageTime(done, language) : planned ? `${says.by} ${pageTime(planned, language)}` : '',
    mark: done ? 'done' : place === first && underlying(campaign) !== 'draft' ? 'now' : 'next',
  }))
}

const words = {
  fi: {
    written: 'Kirjoitettu',
    approved: 'Hyväksytty',
    selected: 'Valittu',
    disclosed: 'Luovutettu',
    sent: 'Lähetetty',
    settled: 'Palaute kerätty',
    emptied: 'Tyhjennetty ja tarkistettu',
    by: 'viimeistään',
  },
  en: {
    written: 'Written',
    approved: 'Approved',
    selected: 'Selected',
    disclosed: 'Disclosed',
    sent: 'Sent',
    settled: 'Feedback gathered',
    emptied: 'Emptied and verified',
    by: 'by',
  },
} as const
