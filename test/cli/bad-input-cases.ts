// The table of bad-input.test.ts: what a user may get wrong, how it ends, and what the one sentence says.
// In a command line `@` is the folder of the test's files, `@bare` and `@ascii` are databases of its own, and `new: …` is
// `campaign new` of a good file with this one line in it.
import type { Environment } from '../support/cli.ts'

/** How much is set up: a register alone, lupa.yaml too, or the tool as well. */
export type Setting = 'register' | 'company' | 'tool'
/** The claim, the command line, its exit code, what its sentence says; and what surrounds it, where that is not plain. */
export type Case = [string, string, 1 | 2 | 3, string | RegExp, { in?: Setting; env?: Environment }?]

const nowhere = 'http://127.0.0.1:1/3.0'
const wrongKey = `${'0'.repeat(32)}-us1`
const ownKey = (byte: number) => Buffer.alloc(32, byte).toString('base64')

export const files: Case[] = [
  ['no file', 'register import @/olematon.accdb', 2, 'There is no file'],
  ['a folder', 'register import @', 2, 'give the register file itself'],
  ['another kind of file', 'register import @/kuva.png', 2, 'save the table as .csv'],
  ['an empty file', 'register import @/tyhja.csv', 2, 'first line must name the columns'],
  ['text called .accdb', 'register import @/teksti.accdb', 2, 'not an Access database'],
  ['half an Access file', 'register import @/puolikas.accdb', 2, 'Compact & Repair'],
  ['one open in Access', 'register import @/auki/rekisteri.accdb', 2, 'close Access and try again'],
  ['two columns of one name', 'register import @/kahdesti.csv', 2, 'rename one of them'],
  ['text called .xlsx', 'register import @/teksti.xlsx', 2, 'is not an Excel workbook'],
  ['a broken encoding', 'register import @/rikki.csv', 2, 'save it once more as "CSV UTF-8"'],
  ['an open quote', 'register import @/lainaus.csv --mapping @/hyva.yaml', 2, 'never closed'],
  ['a file no mapping fits', 'register import @/vieras.csv', 2, '--dry-run'],
  ['no mapping file', 'register import @/vieras.csv --mapping @/ei.yaml', 2, 'check the name and the folder'],
  ['a mapping that is not YAML', 'register import @/vieras.csv --mapping @/rikki.yaml', 2, 'not valid YAML at line'],
  [
    'an unknown word in a mapping',
    'register import @/vieras.csv --mapping @/sana.yaml',
    2,
    'persons.columns.emial: there is no such key here; write email',
  ],
  [
    'a mapping of other columns',
    'register import @/vieras.csv --mapping @/muu.yaml',
    2,
    'has no column "Markkinointikielto"',
  ],
  [
    'no password file',
    `register import prisma/sample/asiakasrekisteri-2016.accdb --password-file @/ei.txt`,
    2,
    'check the name and the folder',
  ],
  ['an unknown import', 'register undo 00000000-0000-4000-8000-000000000000', 2, 'lupa register imports'],
  ['an export into no folder', 'register export @/ei/ole.csv', 2, 'check the folder'],
  ['an export of another kind', 'register export @/ulos.ods', 2, 'neither .csv, .xlsx nor .json'],
  ['opt-outs into no folder', 'opt-outs export @/ei/ole.csv', 2, 'choose another folder'],
  ['opt-outs of no register', 'opt-outs export @/kiellot.csv --register vanha', 2, 'the registers are'],
]

export const campaignFiles: Case[] = [
  ['no campaign file', 'campaign new @/ei.yaml', 2, 'There is no file'],
  ['a campaign file that is not YAML', 'campaign new @/rikki.yaml', 2, 'not valid YAML at line 2'],
  ['an empty campaign file', 'campaign new @/tyhja.csv', 2, 'does not hold lines'],
  ['a campaign file that is not UTF-8', 'campaign new @/latin1.yaml', 2, 'not UTF-8 text'],
  ['an unknown word', 'new: setle: 72h', 2, 'setle is not known here'],
  ['no subject', 'new: subject: null', 2, 'subject is empty'],
  ['two contents', 'new: template: 12', 2, 'give exactly one'],
  ['a settle window of 15 days', 'new: settle: 15d', 2, 'settle is longer than 14 d'],
  ['a settle window below nothing', 'new: settle: -1', 2, 'settle is not a duration; write it like 72h'],
  [
    'a time to send that is over',
    'new: sendAt: 2026-11-01T09:00+02:00',
    2,
    'sendAt is in the past; write a later time',
  ],
  ['a time to send that is none', 'new: sendAt: huomenna', 2, 'sendAt is not a time like'],
  [
    'a sender without an address',
    'new: from: { name: Aino Aho, email: aino.aho }',
    2,
    'from.email is not an email address',
  ],
  ['an unknown relation', 'new: to: { relation: [ystava] }', 2, 'to.relation.0 is none of customer'],
  ['content that is not there', 'new: content: olematon.html', 2, 'in "content" of the campaign file'],
  ['MJML with an unknown part', 'new: content: rikki.mjml', 2, /line \d+: .*mj-vieras.*correct the MJML/],
  ['a merge tag nobody fills', 'new: content: tunniste.html', 2, '*|PUHELIN|*, which nobody fills', { in: 'company' }],
  ['a script in the mail', 'new: content: skripti.html', 2, 'a script, which mail programs block', { in: 'company' }],
]

export const campaigns: Case[] = [
  ['an unknown campaign', 'campaign status olematon', 2, 'lupa campaign list'],
  ['a name that two campaigns have', 'campaign preview sama', 2, 'give its id'],
  [
    'a launch without --yes where nobody can be asked',
    'campaign launch luonnos',
    2,
    'Say --yes to send',
    { in: 'tool' },
  ],
  ['a launch without lupa.yaml', 'campaign launch luonnos --yes', 3, 'lupa init'],
  ['a launch without a key', 'campaign launch luonnos --yes', 3, 'MAILCHIMP_API_KEY is not set', { in: 'company' }],
  [
    'a launch into another account',
    'campaign launch luonnos --yes',
    3,
    'MAILCHIMP_ACCOUNT_ID names',
    { in: 'tool', env: { MAILCHIMP_ACCOUNT_ID: 'ffffffffffffffffffffffff1' } },
  ],
  [
    'a key that the tool does not take',
    'campaign launch luonnos --yes',
    1,
    'check MAILCHIMP_API_KEY',
    { in: 'tool', env: { MAILCHIMP_API_KEY: wrongKey } },
  ],
  [
    'a tool that does not answer',
    'campaign launch luonnos --yes',
    1,
    'cannot be reached',
    { in: 'tool', env: { MAILCHIMP_BASE_URL: nowhere } },
  ],
  [
    'a launch after the transfer should have been checked',
    'campaign launch luonnos --yes',
    3,
    'checked again by 2026-09-02',
    { in: 'tool', env: { LUPA_CONFIG: '@/vanhentunut.yaml' } },
  ],
  ['a launch to nobody', 'campaign launch tyhjiin --yes', 3, 'asks for 0 people', { in: 'tool' }],
  [
    'a launch above the ceiling',
    'campaign launch luonnos --yes',
    3,
    'raise ceilings.recipients',
    { in: 'tool', env: { LUPA_CONFIG: '@/katto.yaml' } },
  ],
  ['a launch of what is over', 'campaign launch ohi --yes', 3, 'only a draft can be launched', { in: 'tool' }],
  [
    'a launch of a design that is not there',
    'campaign launch malli --yes',
    1,
    'check its id in the campaign file (template)',
    { in: 'tool' },
  ],
  ['a cancellation of what is over', 'campaign cancel ohi', 3, 'Nobody is left in the tool'],
  ['going on with what is not halted', 'campaign resume luonnos', 3, 'there is nothing to resume'],
  ['an unread withdrawal of what is over', 'campaign withdraw ohi --unread', 3, 'Nobody is left in the tool'],
  ['a certificate of a draft', 'campaign certificate luonnos', 3, 'when everybody is out of the tool'],
  [
    'a test mail to a stranger',
    'campaign test luonnos --to aino.aho@firma.example',
    3,
    'company’s own',
    { in: 'tool' },
  ],
  [
    'a sweep of a tool that does not answer',
    'sweep',
    1,
    'cannot be reached',
    { in: 'tool', env: { MAILCHIMP_BASE_URL: nowhere } },
  ],
  [
    'a test mail with a key that the tool does not take',
    'campaign test luonnos --to erja@konsultti.example',
    1,
    'check MAILCHIMP_API_KEY',
    { in: 'tool', env: { MAILCHIMP_API_KEY: wrongKey } },
  ],
]

export const people: Case[] = [
  ['an unknown person', 'person show ffffffff', 2, 'lupa person find'],
  ['a person named by an address', 'person show aino.aho@firma.example', 2, 'lupa person find'],
  ['an unknown way', 'person prohibit aino.aho@firma.example --channel savu', 2, 'Allowed choices are mail'],
  ['a time to come', 'person prohibit aino.aho@firma.example --channel mail --at 2099-01-01', 2, 'is in the future'],
  ['an opt-out of nobody', 'opt-outs add --channel mail', 2, '--campaign and --recipient'],
  [
    'an opt-out by an unknown way',
    'opt-outs add aino.aho@firma.example --channel savu',
    2,
    'is not one of mail, phone',
  ],
  ['an opt-out of what is no address', 'opt-outs add "Aino Aho" --channel mail', 2, 'name@company.example'],
  [
    'an opt-out by ids of nobody',
    'opt-outs add --channel mail --campaign abc --recipient def',
    2,
    'subject of the mail',
  ],
  [
    'an opt-out at no time',
    'opt-outs add aino.aho@firma.example --channel mail --at 31.2.2026',
    2,
    'write it like 2026-11-20',
  ],
  ['a number of people told that is none', 'notice informed --by letter --all kaikki', 2, 'like --all 30'],
  ['a review item that is no number', 'review resolve abc --prohibit', 2, 'lupa review list'],
]

export const surroundings: Case[] = [
  [
    'several bad settings are told at once',
    'campaign list',
    2,
    /DATABASE_URL is not an address[\s\S]*LUPA_SETTLE is longer[\s\S]*PORT is not a whole number[\s\S]*LOG_LEVEL is none of trace/,
    { env: { DATABASE_URL: 'mysql://x', LUPA_SETTLE: '30d', PORT: '99999', LOG_LEVEL: 'loud' } },
  ],
  ['a lupa.yaml that is not there', 'campaign list', 2, 'lupa init', { env: { LUPA_CONFIG: '@/ei.yaml' } }],
  [
    'a lupa.yaml with problems',
    'campaign list',
    2,
    /postalCode is not text: put it in quotes[\s\S]*alarms is missing[\s\S]*lok is not known here/,
    { env: { LUPA_CONFIG: '@/huono-lupa.yaml' } },
  ],
  [
    'a database that does not answer',
    'campaign list',
    1,
    'check DATABASE_URL',
    { env: { DATABASE_URL: 'postgresql://lupa@127.0.0.1:1/lupa' } },
  ],
  ['a database that was never migrated', 'campaign list', 1, 'run `lupa migrate`', { env: { DATABASE_URL: '@bare' } }],
  ['a database that is not UTF8', 'migrate', 2, "ENCODING 'UTF8'", { env: { DATABASE_URL: '@ascii' } }],
  [
    'a ring without a key that is needed',
    'campaign list',
    3,
    'The key k1 is missing from LUPA_SECRET_KEYS',
    { env: { LUPA_SECRET_KEYS: `k9:${ownKey(9)}` } },
  ],
  [
    'another key of the same name',
    'campaign list',
    3,
    'is not the one this register was made with',
    { env: { LUPA_SECRET_KEYS: `k1:${ownKey(1)}` } },
  ],
  [
    'a home without its keys',
    'campaign list',
    3,
    'put it back; backups do not hold it',
    { env: { LUPA_HOME: '@/toinen-koti' } },
  ],
  ['no outside ledger', 'campaign list', 3, 'put the whole ledger back', { env: { LUPA_LEDGER: '@/ei-kirjaa' } }],
  [
    'an outside ledger that was changed',
    'campaign list',
    3,
    'is broken at entry 2',
    { env: { LUPA_LEDGER: '@/muutettu-kirja' } },
  ],
  [
    'an outside ledger that is behind',
    'campaign list',
    3,
    'ends at entry 27',
    { env: { LUPA_LEDGER: '@/vanha-kirja' } },
  ],
  ['web without lupa.yaml', 'web', 2, 'lupa init'],
  ['init with nobody to ask', 'init', 2, '--from FILE'],
  ['init from a bad file', 'init --from @/huono-lupa.yaml', 2, 'alarms is missing'],
  [
    'init over an existing file',
    `init --from prisma/sample/lupa.yaml`,
    3,
    '--force replaces it',
    { env: { LUPA_CONFIG: '@/katto.yaml' } },
  ],
  ['an unknown command', 'lähetä', 2, "lupa: unknown command 'lähetä'"],
  [
    'an unknown command below another',
    'campaign lauch',
    2,
    "lupa campaign: unknown command 'lauch' (Did you mean launch?)",
  ],
  ['an unknown option', 'campaign list --kaikki', 2, "unknown option '--kaikki'"],
  ['a missing word', 'campaign status', 2, "lupa campaign status: missing required argument 'id'"],
]
