// The bundled register goes out as a campaign: of everything it knows of people, three fields reach the tool.
import { expect } from 'vitest'
import { findMapping } from '../../src/intake/find-mapping.ts'
import { openSource } from '../../src/intake/open-source.ts'
import { campaignStatus } from '../../src/register/campaign-status.ts'
import { sql } from '../../src/register/database.ts'
import { importInto } from '../../src/register/imports.ts'
import { story } from './backends.ts'

story(
  'of a real register nothing but email, first and last name reaches the tool, and only of people with permission',
  async (world) => {
    const { db, keys, clock } = world.context
    const source = await openSource('prisma/sample/asiakasrekisteri-2016.accdb')
    const mapping = findMapping(source.tables)
    if (!mapping) throw new Error('the bundled mapping does not fit')
    await importInto(db, keys, source, mapping, { actor: 'test', at: clock() })
    await source.close()
    const campaign = await world.draft()

    await world.launch(campaign)
    await world.reached(campaign, 'sent')

    const held = JSON.stringify([await world.tool(), await world.mails()])
    const [known] = await db.$queryRaw<{ values: string[] }[]>(sql`
    select array_agg(distinct v.value) as values from (
      select phone from person union select title from person union select tags[1] from person union select key from person where length(key) > 4
      union select name from organisation union select business_id from organisation union select street from organisation
      union select website from organisation union select phone from organisation
      union select title from activity union select text from activity
      union select id::text from person
      union select email from person where permission <> 'permission' or under_review or email_nature <> 'work'
    ) v (value) where length(v.value) > 4`)
    expect(known?.values.length).toBeGreaterThan(500)
    expect(known?.values.filter((value) => held.includes(value))).toEqual([])
    const { audiences } = await world.tool()
    expect(audiences).toHaveLength(1)
    expect(audiences[0]?.mergeFields.map(({ tag }) => tag).sort()).toEqual(['FNAME', 'LNAME'])
    expect(audiences[0]?.members).toHaveLength(166)
    expect(await campaignStatus(db, campaign.id)).toMatchObject({ counts: { selected: 166, accepted: 166 }, sent: 166 })
  },
)
