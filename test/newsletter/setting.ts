// A sender and a make-believe tool for the newsletter tests: what finish-newsletter is told about the world around a mail.
import type { NewsletterSetting } from '../../src/newsletter/finish-newsletter.ts'

const filled = ['FNAME', 'LNAME', 'EMAIL', 'UNIQID', 'CAMPAIGN_UID', 'UNSUB', 'LIST:ADDRESS', 'IF:FNAME', 'END:IF']

export const setting: NewsletterSetting = {
  placeholders: {
    pattern: /\*\|([A-Z][A-Z0-9_:]*)\|\*/g,
    filled: (name) => filled.includes(name),
    campaignId: '*|CAMPAIGN_UID|*',
    recipientId: '*|UNIQID|*',
    toolOptOut: '*|UNSUB|*',
    postalAddress: '*|LIST:ADDRESS|*',
  },
  controller: {
    name: 'Koivu & Pojat Oy',
    businessId: '1234567-1',
    street: 'Rantatie 5',
    postalCode: '21200',
    city: 'Raisio',
    country: 'FI',
  },
  responsible: { name: 'Aino Koivu', email: 'aino.koivu@koivu.example' },
  publicUrl: 'https://lupa.koivu.example/',
  notice: { url: 'https://www.koivu.example/tietosuoja' },
  language: 'fi',
}

/** A whole mail around this content: nothing in it deserves a warning. */
export function mail(content: string): string {
  const head = '<head><title>Kevään vinkit</title></head>'
  return `<!doctype html><html lang="fi">${head}<body><div style="display:none">Esikatselu</div>${content}</body></html>`
}
