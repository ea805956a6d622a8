// Single words that stand inside sentences: states, and names of what is counted.
import type { Sentences } from './sentence.ts'

export const stateSentences: Sentences = [
  ['draft', 'luonnos'],
  ['approved', 'hyväksytty'],
  ['selected', 'vastaanottajat valittu'],
  ['opened', 'luettelo avattu'],
  ['disclosed', 'viety työkaluun'],
  ['sending', 'lähdössä'],
  ['sent', 'lähetetty'],
  ['withdrawing', 'tyhjennetään'],
  ['withdrawn', 'tyhjennetty'],
  ['closed', 'päättynyt'],
  ['halted', 'pysähtynyt'],
  ['scheduled', 'ajastettu'],
  ['paused', 'keskeytetty'],
  ['unknown', 'tuntematon'],
  ['template', 'mallipohja'],
  ['name', 'nimi'],
  ['subject', 'otsikko'],
  ['from.name', 'lähettäjän nimi'],
  ['from.email', 'lähettäjän sähköposti'],
  ['sendAt', 'lähetysaika'],
  ['settle', 'palauteaika'],
]
