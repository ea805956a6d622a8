// What the owner has designed in the tool, for the console to choose from. Our own campaigns in the tool are no designs.
import { installationId } from '../src/register/installation.ts'
import { writeDesigns } from '../src/register/tool-designs.ts'
import { audiencePrefix } from './open-audience.ts'
import { processor } from './processor.ts'

export const listDesigns = processor('list-designs', async ({ tool: name }, { db, tool, clock }) => {
  const own = audiencePrefix(await installationId(db))
  const found = (await tool(name).designs()).filter((one) => !one.name.startsWith(own))
  await writeDesigns(db, name, found, clock())
  return undefined
})
