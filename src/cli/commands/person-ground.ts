// `lupa person ground`: one more way in which a person was collected, with the proof that it asks for (R-33 … R-46).
import { type Command, Option } from 'commander'
import type { Context } from '../../context.ts'
import {
  type GroundCode,
  groundCodes,
  type Proof,
  proofFields,
  type SourceCode,
  sourceCodes,
} from '../../domain/collection.ts'
import { BadInput } from '../../domain/errors.ts'
import { recordGround } from '../../operator/person-orders.ts'
import { personMeant } from '../../register/people.ts'
import { command, type Terminal } from '../command.ts'
import { pastTime } from '../past-time.ts'

/** The command. Refuses, naming the fields, while the proof lacks anything. */
export function groundCommand(): Command {
  return command<GroundFlags>(
    'ground <person>',
    'add a way in which the person was collected, with its proof',
    addGround,
  )
    .addOption(
      new Option('--source <code>', 'where the data came from').choices([...sourceCodes]).makeOptionMandatory(),
    )
    .addOption(new Option('--ground <code>', 'why they were added').choices([...groundCodes]).makeOptionMandatory())
    .option('--text <text>', 'in your own words; needed for OTHER')
    .option('--proof <field=text...>', `what proves it: ${proofFields.join(', ')}`, [])
    .option('--at <time>', 'when they were collected; now, if not said')
}

type GroundFlags = { source: SourceCode; ground: GroundCode; text?: string; proof: string[]; at?: string }

async function addGround(context: Context, terminal: Terminal, flags: GroundFlags, text = ''): Promise<void> {
  const { db, clock } = context
  const { source, ground } = flags
  const proof = Object.fromEntries(flags.proof.map(proofField)) as Proof
  const personId = await personMeant(db, text)
  const collectedAt = flags.at ? pastTime(flags.at, clock()) : clock()
  const given = { source, ground, text: flags.text ?? null, proof, collectedAt }
  const { fresh, indirect } = await recordGround(context, personId, given)
  const duty = indirect ? ' Their data came from others: they must be told, see `lupa notice due`.' : ''
  terminal.result({ person: personId, fresh, indirect }, `The ground is recorded.${duty}`)
}

function proofField(given: string): [string, string] {
  const [field = '', ...rest] = given.split('=')
  if (!(proofFields as readonly string[]).includes(field) || rest.length === 0)
    throw new BadInput(`--proof ${given} is not of the form field=text with one of ${proofFields.join(', ')}.`)
  return [field, rest.join('=')]
}
