// The exact words of the permission that a sign-up gives. A change of words is a new version: the old one stays documented.
import type { PageLanguage } from '../page-language.ts'

/** Goes up with every change of the words below; it is stored with each permission, and so are the words themselves. */
export const wordingVersion = '2026-11-22'

/** What the person says yes to, naming who asks. */
export function permissionWording(controller: string, language: PageLanguage): string {
  return language === 'fi'
    ? `Annan luvan siihen, että ${controller} lähettää uutiskirjeitä ja muuta markkinointia työsähköpostiini. Voin perua luvan milloin tahansa jokaisen viestin linkistä.`
    : `I give permission for ${controller} to send newsletters and other marketing to my work email address. I can take it back at any time with the link in every message.`
}
