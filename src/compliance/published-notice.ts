// The notice as it is published: the file that notice.file in lupa.yaml names, as plain text.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Parser } from 'htmlparser2'
import type { Company, Config } from '../config.ts'
import { BadInput } from '../domain/errors.ts'
import type { NoticeFacts } from '../domain/notice-gaps.ts'

/** The text of the configured notice, or of `file`; null when none is configured. Throws BadInput for a file that cannot be read. */
export function noticeText({ company, companyFile }: Config, file?: string): string | null {
  const named = file ?? (company?.notice.file ? path.resolve(path.dirname(companyFile), company.notice.file) : null)
  if (named === null) return null
  try {
    const text = readFileSync(named, 'utf8')
    return /\.html?$/i.test(named) ? withoutTags(text) : text
  } catch (error) {
    throw new BadInput(
      `The notice ${named} cannot be read (${(error as NodeJS.ErrnoException).code}): correct notice.file in lupa.yaml.`,
    )
  }
}

/** What the notice must agree with, from lupa.yaml. */
export function noticeFacts({ controller, responsible, notice, lifetimes, backups }: Company): NoticeFacts {
  return { controller, responsible, version: notice.version, lifetimes, backupDays: backups.keep }
}

function withoutTags(html: string): string {
  const parts: string[] = []
  let unseen = 0
  const parser = new Parser({
    onopentagname: (name) => void (/^(script|style|head)$/.test(name) && unseen++),
    onclosetag: (name) => void (/^(script|style|head)$/.test(name) && unseen--),
    ontext: (text) => void (unseen === 0 && parts.push(text, ' ')),
  })
  parser.end(html)
  return parts.join('')
}
