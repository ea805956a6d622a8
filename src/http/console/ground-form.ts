// One more way in which a person was collected, with the proof that it asks for, as a form on their page.
import { z } from 'zod'
import { groundCodes, missingProof, type Proof, proofFields, sourceCodes } from '../../domain/collection.ts'
import { BadInput } from '../../domain/errors.ts'
import { recordGround } from '../../operator/person-orders.ts'
import { choicesOf } from './code-words.ts'
import type { Desk } from './console-routes.ts'
import { given, orderForm, pastDay } from './order-form.ts'

const text = z.string().trim().max(2000).default('')
const asked = z.object({
  source: z.enum(sourceCodes),
  ground: z.enum(groundCodes),
  text,
  at: z.string().max(40).default(''),
  ...(Object.fromEntries(proofFields.map((field) => [`proof-${field}`, text])) as Record<
    `proof-${(typeof proofFields)[number]}`,
    typeof text
  >),
})

/** The form. */
export function groundForm(desk: Desk, personId: string): string {
  const { language } = desk
  const says = words[language]
  return orderForm(desk, {
    ...{ action: `/console/people/${personId}/ground`, fold: says.name, button: says.button, says: says.says },
    fields: [
      { kind: 'choice', name: 'source', label: says.source, choices: choicesOf('source', sourceCodes, language) },
      { kind: 'choice', name: 'ground', label: says.ground, choices: choicesOf('ground', groundCodes, language) },
      { kind: 'text', name: 'text', label: says.text, hint: says.textHint },
      { kind: 'date', name: 'at', label: says.at, hint: says.atHint },
      {
        ...{ kind: 'group', label: says.proof, hint: says.proofHint },
        fields: proofFields.map((field) => ({ kind: 'text', name: `proof-${field}`, label: says.proofs[field] })),
      },
    ],
  })
}

/** Writes it down. Throws BadInput naming, in words, what the proof lacks. */
export async function addGround(desk: Desk, personId: string, request: { body: unknown }): Promise<void> {
  const { context, language, session } = desk
  const says = words[language]
  const read = given(request, asked, language)
  const { source, ground } = read
  const filled = proofFields.flatMap((field) => {
    const said = read[`proof-${field}`]
    return said ? [[field, said] as const] : []
  })
  const proof: Proof = Object.fromEntries(filled)
  const missing = missingProof({ source, ground }, proof)
  if (missing.length > 0) throw new BadInput(says.lacks(missing.map((field) => says.proofs[field]).join(', ')))
  if (source === 'OTHER' && read.text === '') throw new BadInput(says.lacks(says.text))
  const collectedAt = pastDay(read.at, context.clock(), language) ?? context.clock()
  await recordGround(
    context,
    personId,
    { source, ground, text: read.text || null, proof, collectedAt },
    session.account.name,
  )
}

const words = {
  fi: {
    name: 'Kirjaa lisäämisen peruste',
    button: 'Kirjaa peruste',
    says: 'Mistä henkilön tiedot on saatu, millä perusteella, ja mikä sen todistaa. Peruste ei ole markkinointilupa.',
    source: 'Mistä tiedot on saatu',
    ground: 'Peruste',
    text: 'Omin sanoin',
    textHint: 'Tarvitaan, kun lähde on muu.',
    at: 'Milloin tiedot saatiin',
    atHint: 'Jätä tyhjäksi, jos juuri nyt.',
    proof: 'Näyttö',
    proofHint: 'Täytä ne, jotka kuuluvat perusteeseen. Jos jokin tarvittava puuttuu, se kerrotaan.',
    lacks: (what: string) => `Tämä peruste tarvitsee vielä: ${what}.`,
    proofs: {
      date: 'päivä',
      reference: 'viite: lomake, tilausnumero tai tiedosto',
      words: 'mitä kysyttiin tai sanottiin',
      event: 'tapahtuma',
      organiser: 'järjestäjä',
      project: 'hanke',
      lead: 'hankkeen vetäjä',
      occasion: 'tilanne',
      place: 'paikka',
      heardBy: 'kuka kuuli',
      channel: 'sosiaalisen median kanava',
      publication: 'julkaisu ja sen osoite',
      optOutOffered: 'miten kieltäytymistä tarjottiin',
    },
  },
  en: {
    name: 'Write down a ground',
    button: 'Write the ground down',
    says: 'Where the person’s data came from, on what ground, and what proves it. A ground is not a permission.',
    source: 'Where the data came from',
    ground: 'Ground',
    text: 'In your own words',
    textHint: 'Needed where the source is another.',
    at: 'When the data were had',
    atHint: 'Leave it empty for now.',
    proof: 'Proof',
    proofHint: 'Fill in those that belong to the ground. What is needed and missing is told.',
    lacks: (what: string) => `This ground still needs: ${what}.`,
    proofs: {
      date: 'date',
      reference: 'reference: a form, an order number or a file',
      words: 'what was asked or said',
      event: 'event',
      organiser: 'organiser',
      project: 'project',
      lead: 'who leads the project',
      occasion: 'occasion',
      place: 'place',
      heardBy: 'who heard it',
      channel: 'channel of social media',
      publication: 'publication and its address',
      optOutOffered: 'how a no was offered',
    },
  },
} as const
