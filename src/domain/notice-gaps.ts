// What a privacy notice must say (GDPR Art. 13, 14) and the published text lacks or has wrong. Pure; it looks for words, it is no
// lawyer: what it finds is surely missing, what it does not find may still be badly said.

/** What the notice must agree with. Lifetimes in days. */
export type NoticeFacts = {
  controller: { name: string; businessId: string; street: string; postalCode: string; city: string }
  responsible: { email: string }
  version: string
  lifetimes: Record<string, number>
  backupDays: number
}

/** In the order the report shows them. */
export const noticeGaps = [
  'REPEALED_ACT',
  'NO_CONTROLLER',
  'NO_CONTACT',
  'NO_PURPOSE',
  'NO_LAWFUL_BASIS',
  'NO_CONSENT_BASIS',
  'NO_SOURCES',
  'NO_RETENTION',
  'OTHER_RETENTION',
  'NO_BACKUP_TIME',
  'NO_SUPPRESSION_LIST',
  'TOOL_NOT_NAMED',
  'COUNTRY_NOT_NAMED',
  'NO_TRANSFER_SAFEGUARD',
  'NO_ART14_TIME',
  'NO_RIGHT_ACCESS',
  'NO_RIGHT_RECTIFICATION',
  'NO_RIGHT_ERASURE',
  'NO_RIGHT_RESTRICTION',
  'NO_RIGHT_OBJECTION',
  'NO_RIGHT_PORTABILITY',
  'NO_RIGHT_WITHDRAW_CONSENT',
  'NO_RIGHT_COMPLAINT',
  'NO_AUTOMATED_DECISIONS',
  'OTHER_VERSION',
] as const

export type NoticeGap = (typeof noticeGaps)[number]

/** Words whose absence is a gap, Finnish or English. */
const mustSay: Partial<Record<NoticeGap, RegExp>> = {
  NO_PURPOSE: /tarkoitu|purpose/i,
  NO_LAWFUL_BASIS: /oikeutet\w+ e[dt]u|suostumu|sopimuk\w+ perust|legitimate interest|consent/i,
  NO_CONSENT_BASIS: /suostumu|consent/i,
  NO_SOURCES: /tietoläh|lähteenä|lähteinä|source/i,
  NO_RETENTION: /\d+\s*(vuo|v\.|kuukau|kk\b|päiv|vrk|year|month|day)/i,
  NO_SUPPRESSION_LIST: /kieltolista|estolista|suppression|tiiviste|hash/i,
  TOOL_NOT_NAMED: /mailchimp/i,
  COUNTRY_NOT_NAMED: /yhdysval|\bUSA\b|united states/i,
  NO_TRANSFER_SAFEGUARD:
    /data privacy framework|\bDPF\b|vakiolausek|vakiosopimuslausek|mallisopimuslausek|standard contractual|\bSCC/i,
  NO_ART14_TIME: /kuukauden (kuluessa|sisällä)|ensimmäisen\s+(yhteydenoto|viesti|uutiskirje)|within (one|a) month/i,
  NO_RIGHT_ACCESS: /saada tieto|tarkast\w+|pääsy\w* tieto|right of access|access to/i,
  NO_RIGHT_RECTIFICATION: /oikai|korja|rectif|correct/i,
  NO_RIGHT_ERASURE: /poista|poisto|eras|delet/i,
  NO_RIGHT_RESTRICTION: /käsittely\w* rajoit|rajoit\S+ (\S+ ){0,3}käsittely|restrict\w*( of)?( the)? processing/i,
  NO_RIGHT_OBJECTION: /vastusta|right to object|\bobject to/i,
  NO_RIGHT_PORTABILITY: /siirrettävyy|siirtää tieto|järjestelmästä toiseen|portab/i,
  NO_RIGHT_WITHDRAW_CONSENT:
    /suostumu\w*\s+(milloin tahansa\s+)?peru|peru\w*\s+\w*suostumu|withdraw\w*\s+(your\s+)?consent/i,
  NO_RIGHT_COMPLAINT: /tietosuojavaltuutet|valvontaviranomai|supervisory authority|data protection ombudsman/i,
  NO_AUTOMATED_DECISIONS: /automaatti\w*\s+(yksittäis)?päätö|profiloi|automated (individual )?decision|profiling/i,
}

/** The gaps of a notice's text, in the order of `noticeGaps`. */
export function gapsOf(text: string, facts: NoticeFacts): NoticeGap[] {
  const plain = text.replace(/\s+/g, ' ')
  const says = (part: string) => plain.toLowerCase().includes(part.toLowerCase())
  const { controller, responsible } = facts
  const spoken: Partial<Record<NoticeGap, boolean>> = {
    REPEALED_ACT: !/523\s*\/\s*1999/.test(plain),
    NO_CONTROLLER: [controller.name, controller.businessId, controller.street, controller.postalCode].every(says),
    NO_CONTACT: says(responsible.email),
    OTHER_RETENTION:
      !mustSay.NO_RETENTION?.test(plain) || Object.values(facts.lifetimes).every((days) => saysTime(plain, days)),
    NO_BACKUP_TIME: !/varmuuskop|backup/i.test(plain) || saysTime(plain, facts.backupDays),
    OTHER_VERSION: says(facts.version) || says(finnishDate(facts.version)),
  }
  return noticeGaps.filter((gap) => !(spoken[gap] ?? mustSay[gap]?.test(plain) ?? true))
}

/** Whether so many days stand in the text, in days, months or years. */
function saysTime(text: string, days: number): boolean {
  const ways = [[days, 'päiv|vrk|day']] as [number, string][]
  if (days % 30 === 0) ways.push([days / 30, 'kuukau|kk\\b|month'])
  if (days % 365 === 0) ways.push([days / 365, 'vuo|v\\.|year'])
  return ways.some(([count, unit]) => new RegExp(`\\b${count}\\s*(${unit})`, 'i').test(text))
}

/** `2024-05-15` as `15.5.2024`. */
function finnishDate(version: string): string {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(version) ?? []
  return year ? `${Number(day)}.${Number(month)}.${year}` : version
}
