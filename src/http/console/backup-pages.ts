// Backups and keys: which there are, whether one has been proved, and the orders to make and to prove one. What a restore or a
// new key asks for (everything stopped, a terminal) stays with the command line; the page says so.
import path from 'node:path'
import { z } from 'zod'
import { backUp, backupsNow, drill } from '../../operator/backup-orders.ts'
import { pageTime } from '../page-language.ts'
import { rendered } from '../public-page.ts'
import type { ConsoleScope, Desk } from './console-routes.ts'
import { factList, listTable } from './list-table.ts'
import { orderForm } from './order-form.ts'
import { inDigits } from './page-parts.ts'
import { upkeepWords as words } from './upkeep-words.ts'

const here = '/console/settings'

/** Adds the page, for owners, and its two orders. */
export function backupRoutes({ owned, order }: ConsoleScope): void {
  owned(`${here}/backups`, async (desk, request) => {
    const asked = z.object({ done: z.enum(['made', 'proved', 'failed']).nullable().catch(null) })
    return sendBackups(desk, asked.parse({ done: null, ...(request.query as object) }).done)
  })
  order(`${here}/backups/create`, async ({ context, session }) => {
    await backUp(context, { actor: session.account.name })
    return `${here}/backups?done=made`
  })
  order(`${here}/backups/drill`, async ({ context, session }) => {
    const { passed } = await drill(context, { actor: session.account.name })
    return `${here}/backups?done=${passed ? 'proved' : 'failed'}`
  })
}

async function sendBackups(desk: Desk, done: 'made' | 'proved' | 'failed' | null) {
  const { context, language } = desk
  const says = words[language]
  const { keys, clock } = context
  const { folder, keptDays, backups, lastDrill } = await backupsNow(context)
  const [newest] = backups
  const days = newest ? Math.floor((clock().getTime() - newest.madeAt.getTime()) / 86_400_000) : 0
  const main = rendered(body, {
    ...{ says, done: done && says.done[done], failed: done === 'failed' },
    answer: newest ? says.newest(pageTime(newest.madeAt, language)) : says.noBackup,
    late: days > keptDays,
    facts: factList([
      [
        says.drilled,
        lastDrill
          ? says.drill(pageTime(lastDrill.at, language), lastDrill.passed)
          : { text: says.never, wrong: backups.length > 0 },
      ],
      [says.kept, says.days(keptDays)],
      [says.folder, folder],
    ]),
    list: listTable({
      ...{ label: says.title, none: '' },
      columns: [says.made, says.fileName, { name: says.size, number: true }, says.key],
      rows: backups.map((one) => [pageTime(one.madeAt, language), one.name, sizeIn(one.bytes, language), one.keyId]),
    }),
    create: orderForm(desk, { action: `${here}/backups/create`, button: says.create, says: says.createSays }),
    drill: newest
      ? orderForm(desk, { action: `${here}/backups/drill`, button: says.drillNow, says: says.drillSays })
      : '',
    keys: listTable({
      ...{ label: says.keys, none: '', columns: [says.key, says.state, says.check] },
      rows: keys.ids.map((id, place) => [id, place === 0 ? says.current : says.older, keys.checkValue(id)]),
    }),
    keysIn: says.keysIn(path.isAbsolute(keys.kept) ? keys.kept : says.inEnvironment),
  })
  return desk.send({ title: says.title, here, main })
}

function sizeIn(bytes: number, language: 'fi' | 'en'): string {
  const [kilo, mega] = language === 'fi' ? ['kt', 'Mt'] : ['kB', 'MB']
  return bytes < 1_000_000
    ? `${inDigits(Math.ceil(bytes / 1000), language)} ${kilo}`
    : `${inDigits(Math.round(bytes / 100_000) / 10, language)} ${mega}`
}

const body = `<p class="trail"><a href="/console/settings"><%= it.says.settings %></a> ▸ <%= it.says.title %></p>
<% if (it.done) { %><p class="notice<% if (it.failed) { %> wrong<% } %>" role="status"><%= it.done %></p><% } %>
<h1 class="answer"><%= it.answer %></h1>
<% if (it.late) { %><p class="notice wrong"><%= it.says.late %></p><% } %>
<%~ it.facts %>
<%~ it.list %>
<%~ it.create %>
<%~ it.drill %>
<p class="quiet"><%= it.says.restore %></p>
<h2><%= it.says.keys %></h2>
<%~ it.keys %>
<p><%= it.keysIn %></p>
<p class="quiet"><%= it.says.rotate %></p>`
