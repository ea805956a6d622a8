// One person with a row in every table that can hold something of them, and a neighbour who must not be in their report.
import path from 'node:path'
import { openOutsideLedger } from '../../src/ledger/outside-ledger.ts'
import { correctPerson } from '../../src/register/corrections.ts'
import { recordDisclosure } from '../../src/register/disclosures.ts'
import { writeLedger } from '../../src/register/ledger-outbox.ts'
import { permit, prohibit } from '../../src/register/permissions.ts'
import { askSignUp, confirmSignUp } from '../../src/register/sign-ups.ts'
import { now, type TestRegister } from '../support/register.ts'

const mapping = `
register: koe
persons:
  key: id
  columns: { lastName: nimi, title: titteli, email: sposti, notes: [muistio] }
  permission: { permitted: lupa, prohibited: kielto, at: pvm, source: lähde }
`
const head = 'id;nimi;titteli;sposti;muistio;lupa;kielto;pvm;lähde'
const before = (days: number) => new Date(now.getTime() - days * 86_400_000)

/** Plants Aino Ainutlaatuinen of `aino@firma.example`, who is permitted now; returns her id. */
export async function plantLife(register: TestRegister): Promise<string> {
  const { db, keys, importCsv, folder } = register
  const neighbour = '2;Naapuri;;naapuri@firma.example;Naapurin muistio;x;;2020-01-01;media'
  await importCsv([head, '1;Vanhanimi;;aino@firma.example;Salainen muistio;x;;2020-01-01;media', neighbour], {
    mapping,
  })
  await importCsv([head, '1;Vanhanimi;Rouva;aino@firma.example;Salainen muistio;x;;2020-01-01;media', neighbour], {
    mapping,
  })
  const { id } = await db.person.findFirstOrThrow({ where: { key: '1' } })
  await correctPerson(db, keys, id, { lastName: 'Ainutlaatuinen', title: '=1+1' }, { actor: 'operator', at: now })
  await prohibit(db, { personId: id, at: before(30), channel: 'mail', actor: 'test', onceKey: 'ei' })
  await writeLedger(db, openOutsideLedger(path.join(folder, 'ledger'), 'this machine'), now)
  await permit(db, {
    personId: id,
    at: before(20),
    channel: 'mail',
    actor: 'test',
    source: 'viesti',
    wording: null,
    evidence: '<script>alert(1)</script>',
    onceKey: 'kyllä',
  })
  await plantCompany(register, id)
  await plantCampaign(register, id)
  await signUp(register, 'odottaa')
  await signUp(register, 'vahvistettu')
  await confirmSignUp(db, 'vahvistettu', before(1))
  await db.reviewItem.create({
    data: { code: 'DOUBTFUL_ADDRESS', personId: id, detail: 'aino@firma.example', createdAt: now, onceKey: 'r' },
  })
  await db.mergedRecord.create({
    data: {
      register: 'koe',
      key: 'toinen',
      personId: id,
      goneId: crypto.randomUUID(),
      mergedAt: now,
      actor: 'operator',
    },
  })
  await db.retentionHold.create({
    data: {
      personId: id,
      reason: 'LAW',
      text: 'kirjanpito',
      until: new Date(now.getTime() + 9e9),
      placedAt: now,
      placedBy: 'operator',
    },
  })
  await db.request.create({
    data: { personId: id, kind: 'access', channel: 'mail', receivedAt: now, openedAt: now, openedBy: 'operator' },
  })
  return id
}

async function plantCompany({ db }: TestRegister, personId: string): Promise<void> {
  const { id } = await db.organisation.create({ data: { register: 'koe', key: 'f', name: 'Firma Oy' } })
  await db.person.update({ where: { id: personId }, data: { organisationId: id } })
  await db.activity.create({
    data: { register: 'koe', sourceTable: 't', key: '1', personId, kind: 'meeting', title: 'Palaveri', at: now },
  })
  await db.collection.create({ data: { personId, source: 'OTHER', sourceText: 'messut' } })
}

async function plantCampaign({ db, keys }: TestRegister, personId: string): Promise<void> {
  const addressHash = keys.hash('email', 'aino@firma.example')
  const campaign = await db.campaign.create({
    data: {
      name: 'kevatkirje',
      subject: 'Kevät',
      fromName: 'E',
      fromEmail: 'e@konsultti.example',
      tool: 'mailchimp',
      language: 'fi',
      contentKind: 'html',
      settleSeconds: 0,
      state: 'closed',
      createdAt: now,
    },
  })
  const campaignId = campaign.id
  const recipient = await db.recipient.create({
    data: { campaignId, personId, state: 'removed', disclosed: true, sent: true, addressHash, intendedAt: now },
  })
  const about = {
    reason: 'JUSTIFIED' as const,
    ground: 'Art. 6(1)(f)',
    purpose: 'hanke',
    fields: ['name'],
    decidedBy: 'Erja',
  }
  await recordDisclosure(db, { ...about, recipient: 'Kumppani Oy', personIds: [personId], actor: 'operator', at: now })
  await db.recipientToolId.create({ data: { campaignId, hash: 'työkalun tunnus', recipientId: recipient.id } })
  await db.recipientAlias.create({ data: { campaignId, hash: 'toinen osoite', recipientId: recipient.id } })
  for (const [kind, who] of [
    ['bounced-soft', { personId }],
    ['opted-out', { recipientId: recipient.id }],
  ] as const) {
    await db.feedback.create({
      data: { campaignId, ...who, kind, source: 'report', at: now, receivedAt: now, addressHash, onceKey: kind },
    })
  }
  const webhook = await db.webhook.create({ data: { campaignId, audienceId: 'a', secretHash: 's', begunAt: now } })
  await db.webhookDelivery.create({
    data: {
      webhookId: webhook.id,
      kind: 'opted-out',
      addressHashes: [addressHash],
      at: now,
      receivedAt: now,
      onceKey: 'w',
    },
  })
}

async function signUp({ db, keys }: TestRegister, tokenHash: string): Promise<void> {
  await askSignUp(db, {
    tokenHash,
    firstName: 'Aino',
    lastName: 'Ainutlaatuinen',
    email: 'aino@firma.example',
    nature: 'work',
    addressHashes: keys.hashes('email', 'aino@firma.example'),
    domain: 'firma.example',
    organisation: null,
    wording: 'w',
    wordingVersion: '1',
    noticeVersion: '1',
    at: before(1),
  })
}
