// A newsletter that the owner designed in the tool: a template, or a draft. It is copied; theirs is never touched.
import { expect, test } from 'vitest'
import { openTool } from '../../src/marketing/tools.ts'
import { openWorld, type World } from '../support/world.ts'

const design =
  '<!doctype html><html lang="fi"><head><title>Oma malli</title></head><body><p>Hei *|FNAME|*, oma malli.</p></body></html>'

test('a draft designed in the tool is sent by a campaign of ours, with our way out put in, and stays as it was', async () => {
  const world = await openWorld()
  try {
    await world.people(4)
    const { id, before } = await draftInTool(world)
    const campaign = await world.draft({ contentKind: 'draft', contentRef: id, html: null, settleSeconds: 0 })

    await world.launch(campaign)
    await world.reached(campaign, 'closed')

    const mails = await world.mails()
    expect(mails).toHaveLength(4)
    for (const { html, links } of mails) {
      expect(html).toContain('oma malli')
      expect(links.some((link) => link.startsWith('https://uutiset.konsultti.example/o/'))).toBe(true)
    }
    expect(await api(world, 'GET', `/campaigns/${id}/content`)).toEqual(before)
    expect((await world.tool()).campaigns.map((one) => one.id)).toEqual([id])
  } finally {
    await world.close()
  }
})

test('a template of the tool is sent by its id', async () => {
  const world = await openWorld()
  try {
    await world.people(2)
    const { id } = await api(world, 'POST', '/templates', { name: 'malli', html: design })
    const campaign = await world.draft({
      contentKind: 'template',
      contentRef: String(id),
      html: null,
      settleSeconds: 0,
    })

    await world.launch(campaign)
    await world.reached(campaign, 'closed')

    expect((await world.mails()).map(({ html }) => html.includes('oma malli'))).toEqual([true, true])
    expect((await world.tool()).campaigns).toEqual([])
  } finally {
    await world.close()
  }
})

test('a draft that is not in the tool stops the launch with a sentence, and nobody is disclosed', async () => {
  const world = await openWorld()
  try {
    await world.people(1)
    const tool = openTool('mailchimp', { apiKey: world.emulator.apiKey, baseUrl: `${world.emulator.url}/3.0` })

    await expect(tool.readDesign({ kind: 'draft', id: 'nowhere123' })).rejects.toThrow(/nowhere123|not found|no draft/i)

    expect((await world.tool()).audiences).toEqual([])
  } finally {
    await world.close()
  }
})

async function draftInTool(world: World): Promise<{ id: string; before: unknown }> {
  const { id } = await api(world, 'POST', '/campaigns', {
    type: 'regular',
    settings: { title: 'omistajan luonnos', subject_line: 'Luonnos' },
  })
  await api(world, 'PUT', `/campaigns/${id}/content`, { html: design })
  return { id, before: await api(world, 'GET', `/campaigns/${id}/content`) }
}

async function api(world: World, method: string, route: string, body?: object) {
  const answer = await fetch(`${world.emulator.url}/3.0${route}`, {
    method,
    headers: { authorization: `Bearer ${world.emulator.apiKey}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  if (!answer.ok) throw new Error(`${method} ${route}: ${answer.status}`)
  return (await answer.json()) as { id: string }
}
