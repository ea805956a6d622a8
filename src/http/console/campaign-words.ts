// What campaigns and feedback are called in the console.
import type { CampaignState } from '../../domain/campaign.ts'
import type { PageLanguage } from '../page-language.ts'

const states: Record<PageLanguage, Record<CampaignState, string>> = {
  fi: {
    draft: 'luonnos',
    approved: 'hyväksytty',
    selected: 'valinta tehty',
    opened: 'luovutetaan',
    disclosed: 'luovutettu',
    sending: 'lähetetään',
    sent: 'palautetta kerätään',
    withdrawing: 'tyhjennetään',
    withdrawn: 'tyhjennetty',
    closed: 'päättynyt',
    halted: 'pysähtynyt',
  },
  en: {
    draft: 'draft',
    approved: 'approved',
    selected: 'selected',
    opened: 'disclosing',
    disclosed: 'disclosed',
    sending: 'sending',
    sent: 'gathering feedback',
    withdrawing: 'withdrawing',
    withdrawn: 'withdrawn',
    closed: 'closed',
    halted: 'stopped',
  },
}

/** What a campaign's state is called. */
export function stateOf(
  { state, outcome }: { state: string; outcome?: string | null },
  language: PageLanguage,
): string {
  if (outcome === 'cancelled' && state === 'closed') return language === 'fi' ? 'peruttu' : 'cancelled'
  return states[language][state as CampaignState] ?? state
}

const kinds: Record<PageLanguage, Record<string, string>> = {
  fi: {
    'opted-out': 'kielto',
    complained: 'valitus roskapostista',
    'bounced-hard': 'osoite ei toimi',
    'bounced-soft': 'palautunut tilapäisesti',
    'address-changed': 'osoite vaihtui',
  },
  en: {
    'opted-out': 'opt-out',
    complained: 'complaint',
    'bounced-hard': 'address does not work',
    'bounced-soft': 'bounced for now',
    'address-changed': 'address changed',
  },
}

/** What a kind of feedback is called. */
export function kindOf(kind: string, language: PageLanguage): string {
  return kinds[language][kind] ?? kind
}

const ways: Record<PageLanguage, Record<string, string>> = {
  fi: {
    'opt-out-page': 'oma peruutuslinkki',
    webhook: 'työkalu kertoi heti',
    people: 'luettiin työkalun listalta',
    report: 'luettiin työkalun raportista',
    sweep: 'löytyi tarkistuksessa',
    operator: 'kirjattiin käsin',
  },
  en: {
    'opt-out-page': 'our own link',
    webhook: 'the tool told at once',
    people: 'read from the tool’s list',
    report: 'read from the tool’s report',
    sweep: 'found by the sweep',
    operator: 'written down by hand',
  },
}

/** The way by which feedback came. */
export function wayOf(source: string, language: PageLanguage): string {
  return ways[language][source] ?? source
}

const waits: Record<string, readonly [fi: string, en: string]> = {
  'audience-slot': [
    'työkalussa ei ole tilaa uudelle jakelulle, ennen kuin edellinen tyhjä poistuu',
    'a free audience in the tool',
  ],
  'feedback to grow quiet': ['palautetta saapuu vielä', 'feedback to grow quiet'],
  'its time to be sent': ['lähetysaikaa', 'its time to be sent'],
  'people who may not be mailed any more to leave the tool': [
    'ne, joille ei enää saa lähettää, poistetaan ensin työkalusta',
    'people who may not be mailed any more to leave the tool',
  ],
  'the tool to be done with people it was told to add': [
    'työkalu lisää vielä ihmisiä',
    'the tool to be done with people it was told to add',
  ],
  'the tool to be ready': ['työkalu ei ole vielä valmis', 'the tool to be ready'],
  'the tool to count its recipients': ['työkalu laskee vastaanottajia', 'the tool to count its recipients'],
  'the tool to send': ['työkalu lähettää', 'the tool to send'],
  'the tool to start sending': ['työkalu aloittaa lähetyksen', 'the tool to start sending'],
}

/** What a campaign waits for, in words; null for what is no news: the settle window says that feedback is gathered. */
export function waitOf(waitingFor: string | null, language: PageLanguage): string | null {
  if (waitingFor === null || waitingFor === 'feedback') return null
  return waits[waitingFor]?.[language === 'fi' ? 0 : 1] ?? waitingFor
}
