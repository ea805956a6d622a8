// Opt-outs and erasures go from the outbox to the outside ledger, where no restore can undo them.
import { writeLedger } from '../src/register/ledger-outbox.ts'
import { processor } from './processor.ts'

export const writeOutsideLedger = processor('write-ledger', async (_payload, { db, ledger, clock }) => {
  await writeLedger(db, ledger, clock())
  return undefined
})
