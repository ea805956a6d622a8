// Alarms as mails to those whom lupa.yaml names: what is wrong, in which campaign, and what to do. Never a person's name.
import type { AlarmKind } from '../src/domain/alarm.ts'
import type { AlarmOn } from '../src/register/alarms.ts'

/** One mail about several alarms. `nextCheck` is the day until which the transfer was vouched for. */
export function alarmMail(
  language: 'fi' | 'en',
  alarms: AlarmOn[],
  nextCheck: string,
): { subject: string; text: string } {
  const says = words[language]
  const lines = alarms.map((alarm) => {
    const by = alarm.deadline?.toLocaleString(says.locale, { timeZone: 'Europe/Helsinki', ...moment }) ?? ''
    return `- ${says.alarms[alarm.kind]({ name: alarm.campaign ?? '', by, halted: alarm.halted ?? '', nextCheck })}`
  })
  return { subject: says.subject(alarms.length), text: `${says.lead}\n\n${lines.join('\n\n')}\n\n${says.once}\n` }
}

const moment = { dateStyle: 'short', timeStyle: 'short' } as const

type Facts = { name: string; by: string; halted: string; nextCheck: string }
type Words = {
  locale: string
  subject: (count: number) => string
  lead: string
  once: string
  alarms: Record<AlarmKind, (facts: Facts) => string>
}

const words: Record<'fi' | 'en', Words> = {
  fi: {
    locale: 'fi-FI',
    subject: (count) => (count === 1 ? 'Lupa: hälytys' : `Lupa: ${count} hälytystä`),
    lead: 'Nämä asiat vaativat huomiota:',
    once: 'Kustakin hälytyksestä kerrotaan kerran. Ne näkyvät myös hallintasivun ensimmäisellä sivulla.',
    alarms: {
      'deadline-near': ({ name, by }) =>
        `${name}: postitustyökalun on oltava tyhjä viimeistään ${by}, ja siellä on vielä ihmisiä. Syy: lupa campaign status`,
      'deadline-passed': ({ name, by }) =>
        `${name}: määräaika ${by} on ohi, ja postitustyökalussa on vielä ihmisiä. Tyhjentämistä jatketaan. Syy: lupa campaign status`,
      halted: ({ name, halted }) => `${name} on pysähtynyt: ${halted}`,
      'feedback-waiting': () =>
        'Palautetta on käsittelemättä liian kauan: kielto voi olla kirjaamatta. Onko Lupa käynnissä? Tarkista: lupa doctor',
      'links-guessed': ({ name }) => `${name}: joku kokeilee kieltolinkkejä, jotka eivät ole kenenkään.`,
      'webhook-missing': ({ name }) =>
        `${name}: postitustyökalu ei pysty kertomaan kielloista heti (webhook puuttuu). Ne luetaan määrävälein. Syy: lupa campaign status`,
      'transfer-lapsed': ({ nextCheck }) =>
        `Tietojen siirto postitustyökaluun piti tarkistaa ${nextCheck} mennessä. Ketään ei viedä sinne ennen sitä: tarkista, ja muuta tool.transfer.nextCheck tiedostossa lupa.yaml.`,
    },
  },
  en: {
    locale: 'en-GB',
    subject: (count) => (count === 1 ? 'Lupa: an alarm' : `Lupa: ${count} alarms`),
    lead: 'These things need somebody to look:',
    once: 'Each alarm is told once. They also stand on the first page of the console.',
    alarms: {
      'deadline-near': ({ name, by }) =>
        `${name}: the tool must be empty by ${by}, and people are still in it. Why: lupa campaign status`,
      'deadline-passed': ({ name, by }) =>
        `${name}: the deadline ${by} is over, and people are still in the tool. It is being emptied. Why: lupa campaign status`,
      halted: ({ name, halted }) => `${name} has stopped: ${halted}`,
      'feedback-waiting': () =>
        'Feedback has not been applied for too long: somebody’s no may not be written down. Is Lupa running? Look: lupa doctor',
      'links-guessed': ({ name }) => `${name}: somebody tries opt-out links that are nobody’s.`,
      'webhook-missing': ({ name }) =>
        `${name}: the tool cannot tell opt-outs at once (no webhook). They are read at intervals. Why: lupa campaign status`,
      'transfer-lapsed': ({ nextCheck }) =>
        `The transfer to the tool should have been checked by ${nextCheck}. Nobody more is pushed before: check it, and move tool.transfer.nextCheck in lupa.yaml.`,
    },
  },
}
