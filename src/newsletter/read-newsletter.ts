// A newsletter file → HTML. Nothing is judged here beyond "can it be read": finish-newsletter.ts looks at the content.
import { readFile, stat } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { DomUtils, parseDocument } from 'htmlparser2'
import { BadInput } from '../domain/errors.ts'

const mostBytes = 1024 * 1024

/**
 * Reads the newsletter at `path` (.html as it stands, .mjml turned into HTML; at most 1 MB of UTF-8).
 * Throws BadInput with one sentence that names the file and the fix. mj-include is refused, never followed.
 */
export async function readNewsletter(path: string): Promise<{ html: string }> {
  const kind = extname(path).toLowerCase()
  if (kind !== '.html' && kind !== '.mjml')
    throw new BadInput(`${path}: a newsletter is an .html or .mjml file; save or export it as one of these`)

  return newsletterFrom(path, decode(path, await readSmallFile(path)))
}

/** The same for a text that somebody gives: MJML by the end of its `name` or by its first tag. Throws BadInput. */
export async function newsletterFrom(name: string, source: string): Promise<{ html: string }> {
  if (source.trim() === '') throw new BadInput(`${name} is empty: write the newsletter into it first`)
  const isMjml = extname(name).toLowerCase() === '.mjml' || /^\s*(<!--[\s\S]*?-->\s*)*<mjml[\s>]/i.test(source)
  return { html: isMjml ? await fromMjml(name, source) : source }
}

async function readSmallFile(path: string): Promise<Buffer> {
  try {
    const { size } = await stat(path)
    if (size > mostBytes)
      throw new BadInput(
        `${path} is larger than 1 MB: put pictures on your web site and link to them from the newsletter`,
      )
    return await readFile(path)
  } catch (error) {
    if (error instanceof BadInput) throw error
    throw new BadInput(unreadable(path, (error as NodeJS.ErrnoException).code))
  }
}

function unreadable(path: string, code: string | undefined): string {
  if (code === 'ENOENT')
    return `${path} does not exist: check the name and the folder in "content" of the campaign file`
  if (code === 'EISDIR') return `${path} is a folder: name the .html or .mjml file inside it`
  return `${path} cannot be read (${code}): check that you may open it and that no other program holds it`
}

function decode(path: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new BadInput(`${path} is not UTF-8 text: save it again with the encoding UTF-8`)
  }
}

async function fromMjml(path: string, source: string): Promise<string> {
  refuseIncludes(path, source)
  // Loaded only when needed: it takes most of a second.
  const { default: mjml2html } = await import('mjml')
  // No fonts: MJML would otherwise load some from a third party in every mail.
  const made = await mjml2html(source, { validationLevel: 'soft', ignoreIncludes: true, fonts: {} }).catch(() => {
    throw new BadInput(
      `${path} is not a complete MJML document: put everything between <mjml><mj-body> and </mj-body></mjml>`,
    )
  })
  const [first, ...others] = made.errors
  if (!first) return made.html
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`
  throw new BadInput(`${basename(path)}, line ${first.line}: ${first.message}${more}; correct the MJML`)
}

// MJML drops an ignored include without a word: part of the mail would be missing.
function refuseIncludes(path: string, source: string): void {
  const document = parseDocument(source, { xmlMode: true, withStartIndices: true })
  const include = DomUtils.findOne((element) => element.name === 'mj-include', document.children)
  if (!include) return
  const line = source.slice(0, include.startIndex ?? 0).split('\n').length
  throw new BadInput(
    `${basename(path)}, line ${line}: mj-include is not supported; copy the included part into the file`,
  )
}
