// What cannot go through is set aside with its reason, shown, and tried again at a word; meanwhile everybody else has had their turn.
import pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import { examine } from '../../src/operator/doctor.ts'
import { until } from '../../src/operator/run-workers.ts'
import { openBullQueue } from '../../src/queue/backend.ts'
import { receiveFeedback } from '../../src/register/feedback.ts'
import { presentReason } from '../../src/register/people.ts'
import { prohibit } from '../../src/register/permissions.ts'
import { listSetAside, setAside } from '../../src/register/set-aside.ts'
import { keepDelivery } from '../../src/register/webhook-deliveries.ts'
import { story } from '../story/backends.ts'
import { documentOf, lupaHere } from '../support/command-line.ts'
import { otherHand } from '../support/other-hand.ts'
import { campaignIn, runStep, stillWorld } from '../support/step.ts'
import type { TestPerson, World } from '../support/world.ts'

const opened: { close: () => Promise<unknown> }[] = []
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close()
})

const saysNo = (world: World, { id }: TestPerson) =>
  prohibit(world.context.db, {
    ...{ personId: id, at: world.context.clock(), channel: 'phone', actor: 'test', onceKey: `no|${id}` },
  })

story(
  'a person whom the tool will not let go, and a job that fails to its last try, are set aside; the others go, and a word tries again',
  async (world) => {
    const people = await world.people(3)
    const [stuck, other, third] = people as [TestPerson, TestPerson, TestPerson]
    const campaign = await world.draft()
    await world.launch(campaign)
    const { audienceId } = await world.reached(campaign, 'sent')
    const inTool = () => otherHand(world).members(audienceId)
    const { db, queues } = world.context

    await world.outside('mischief', { kind: '500', route: 'GET /lists' })
    await world.outside('mischief', { kind: 'refuse-member-deletion', email: stuck.email })
    for (const one of [stuck, other]) await saysNo(world, one)
    const tool = openBullQueue(queues.home, 'tool')
    await queues.addNow({ job: 'find-removals', payload: {} })
    const twoTries = { attempts: 2, backoff: { type: 'fixed', delay: 10 } }
    await tool.add('sweep-tool', {}, { jobId: 'two-tries', removeOnFail: true, ...twoTries })
    await until(async () => (await listSetAside(db)).length === 2 && inTool()?.length === 2, 20_000)

    const listed = await documentOf(['set-aside', 'list'], world.env)
    const doctor = (await examine(world.context, String)).find(({ check }) => check === 'set aside')
    const vain = await lupaHere(['set-aside', 'retry', '--all', '--json'], world.env)
    world.emulator.state.mischief = []
    const retried = await documentOf(['set-aside', 'retry', '--all'], world.env)

    expect(inTool()).toEqual([third.email])
    expect(listed).toHaveLength(2)
    expect(listed).toContainEqual(
      expect.objectContaining({
        ...{ what: 'job', job: 'remove-recipient', campaignId: campaign.id, personId: stuck.id },
        because: expect.stringMatching(/^Mailchimp refused/),
      }),
    )
    expect(listed).toContainEqual(
      expect.objectContaining({ job: 'sweep-tool', because: expect.stringMatching(/HTTP 500/) }),
    )
    expect(JSON.stringify(listed)).not.toContain(stuck.email)
    expect(doctor).toMatchObject({ result: 'warning', says: expect.stringMatching(/^2 things: `lupa set-aside list`/) })
    expect([vain.code, JSON.parse(vain.stdout)]).toMatchObject([1, { tried: 2, through: 0, left: [{}, {}] }])
    expect(vain.stderr).toContain('Still set aside')
    // Each is tried by itself too, and may have gone through just before.
    expect(retried).toMatchObject({ through: retried.tried, left: [] })
    expect(await listSetAside(db)).toEqual([])
    await tool.close()
  },
)

test('what cannot be applied to somebody whose row is held waits aside, and what others said is applied', async () => {
  const world = kept(await stillWorld())
  const { campaign, people } = await campaignIn(world, 'sent', { people: 4 })
  const [held, other, moved, last] = people as [TestPerson, TestPerson, TestPerson, TestPerson]
  const [newcomer] = (await world.people(1)) as [TestPerson]
  const { db, keys, clock, config } = world.context
  const told = { campaignId: campaign.id, recipientId: null, kind: 'opted-out', source: 'operator' } as const
  const noOf = ({ id, email }: TestPerson) => ({
    ...{ ...told, personId: id, addressHash: keys.hash('email', email), onceKey: `no-${id}` },
    ...{ receivedAt: clock(), at: clock() },
  })
  await saysNo(world, moved)
  await receiveFeedback(db, [held, other].map(noOf))
  const { id: webhookId } = await db.webhook.findFirstOrThrow()
  const delivery = { webhookId, echo: false, reason: null, toolCampaignId: null, toolIdHashes: [], at: clock() }
  const hashes = (...emails: string[]) => emails.map((email) => keys.hash('email', email))
  const deliveries = [
    { kind: 'address-changed', addressHashes: hashes(moved.email, newcomer.email), onceKey: 'muutti' },
    { kind: 'opted-out', addressHashes: hashes(last.email), onceKey: 'kielsi' },
  ] as const
  for (const one of deliveries)
    await keepDelivery(db, { ...delivery, ...one, addressHashes: [...one.addressHashes], receivedAt: clock() })
  const editor = new pg.Client({ connectionString: config.database.url as string })
  await editor.connect()
  await editor.query('begin')
  await editor.query('select from person where id = any ($1) for update', [[held.id, newcomer.id]])
  const work = () => Promise.all([runStep(world, 'apply-feedback', {}), runStep(world, 'apply-webhooks', {})])

  await work()
  const meanwhile = await reasons(world, people)
  const aside = await listSetAside(db)
  await editor.query('rollback')
  await editor.end()
  await work()
  const tooSoon = (await listSetAside(db)).length
  await world.turn('6s')
  await work()

  // Whoever moved has taken over the address of the newcomer, whose row is held too.
  expect(meanwhile).toEqual([null, 'PROHIBITED', 'PROHIBITED', 'PROHIBITED'])
  expect(aside.map(({ what, personId, tries }) => [what, personId, tries])).toEqual(
    expect.arrayContaining([
      ['feedback', held.id, 1],
      ['delivery', null, 1],
    ]),
  )
  expect(aside.map(({ because }) => because)).toEqual(Array(2).fill(expect.stringMatching(/^somebody holds/)))
  expect(tooSoon).toBe(2)
  expect(await listSetAside(db)).toEqual([])
  // Another worker was faster than the one that set it aside.
  const [{ id } = { id: 0n }] = await db.feedback.findMany({ take: 1 })
  const late = { what: 'feedback', job: 'apply-feedback', payload: {}, campaignId: null, because: 'late' } as const
  await setAside(db, { ...late, key: String(id) }, clock())
  await runStep(world, 'sweep', {})
  expect(await listSetAside(db)).toEqual([])
  expect(await reasons(world, [...people, newcomer])).toEqual(Array(5).fill('PROHIBITED'))
})

const reasons = ({ context: { db, clock } }: World, people: TestPerson[]) =>
  Promise.all(people.map(({ id }) => presentReason(db, id, clock())))

function kept<T extends { close: () => Promise<unknown> }>(one: T): T {
  opened.push(one)
  return one
}
