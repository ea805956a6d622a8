// What the owner has designed in a tool, as the last look showed: names to choose from.
import { type Database, inTransaction } from './database.ts'

export type SeenDesign = { kind: 'template' | 'draft'; id: string; name: string; madeAt: Date | null }

/** Writes down what a look showed, in the place of what was known before. */
export async function writeDesigns(db: Database, tool: string, designs: SeenDesign[], seenAt: Date): Promise<void> {
  await inTransaction(db, async (tx) => {
    await tx.toolDesign.deleteMany({ where: { tool } })
    await tx.toolDesign.createMany({ data: designs.map((one) => ({ ...one, tool, seenAt })), skipDuplicates: true })
  })
}

/** The designs known of a tool, the newest first, at most 200. */
export async function knownDesigns(db: Database, tool: string) {
  return db.toolDesign.findMany({
    ...{ where: { tool }, orderBy: [{ madeAt: { sort: 'desc', nulls: 'last' } }, { id: 'desc' }], take: 200 },
  })
}
