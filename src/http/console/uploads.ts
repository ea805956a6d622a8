// Files that an owner brings: streamed to a folder of the server's own, read once, and deleted whatever happened.
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { MultipartFile } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { BadInput } from '../../domain/errors.ts'
import type { PageLanguage } from '../page-language.ts'

/** The largest file that is taken: bytes. */
export const mostBytes = 256 * 1024 * 1024
const leftBehindMs = 3_600_000

export type Upload = {
  fields: Record<string, string>
  /** Where the file is for now, and what it was called; null when none was chosen. */
  file: { path: string; name: string } | null
}

/**
 * Takes a form with a file, and hands it to `work`; nothing of the file is left afterwards. The form's token must come before its
 * file: `holds` is asked before a byte of it is written.
 * @throws BadInput for a file that is too large or of a kind that is not taken
 */
export async function takeUpload<T>(
  request: FastifyRequest,
  { home, kinds, language, holds }: UploadRules,
  work: (upload: Upload) => Promise<T>,
): Promise<T | 'foreign'> {
  const folder = path.join(home, 'incoming')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const own = await mkdtemp(path.join(folder, 'file-'))
  try {
    const upload: Upload = { fields: {}, file: null }
    const limits = { fileSize: mostBytes, files: 1, fields: 600, fieldSize: 2 * 1024 * 1024, parts: 610 }
    for await (const part of request.parts({ limits })) {
      if (part.type === 'field') {
        upload.fields[part.fieldname] = String(part.value ?? '')
        continue
      }
      if (!holds(upload.fields['csrf'])) return 'foreign'
      upload.file = await keep(part, own, kinds, language)
    }
    if (!holds(upload.fields['csrf'])) return 'foreign'
    return await work(upload)
  } finally {
    await rm(own, { recursive: true, force: true })
  }
}

type UploadRules = { home: string; kinds: readonly string[]; language: PageLanguage; holds: (csrf: unknown) => boolean }

/** Under a name of ours: a name somebody chose is no path here. */
async function keep(part: MultipartFile, folder: string, kinds: readonly string[], language: PageLanguage) {
  if (part.filename === '') {
    part.file.resume()
    return null
  }
  const kind = path.extname(part.filename).toLowerCase()
  if (!kinds.includes(kind)) throw new BadInput(words[language].kind(kinds.join(', ')))
  const file = path.join(folder, `file${kind}`)
  await pipeline(part.file, createWriteStream(file, { mode: 0o600, flags: 'wx' }))
  if (part.file.truncated) throw new BadInput(words[language].large(mostBytes / 1024 / 1024))
  return { path: file, name: path.basename(part.filename) }
}

/** Deletes what a crash left behind. */
export async function clearUploads(home: string): Promise<void> {
  const folder = path.join(home, 'incoming')
  for (const name of await readdir(folder).catch(() => [])) {
    const one = path.join(folder, name)
    const found = await stat(one).catch(() => null)
    if (found && Date.now() - found.mtimeMs > leftBehindMs) await rm(one, { recursive: true, force: true })
  }
}

const words = {
  fi: {
    kind: (kinds: string) => `Tällaista tiedostoa ei voi lukea. Käyvät ${kinds}.`,
    large: (most: number) => `Tiedosto on liian suuri: enintään ${most} Mt.`,
  },
  en: {
    kind: (kinds: string) => `Such a file cannot be read. These can: ${kinds}.`,
    large: (most: number) => `The file is too large: at most ${most} MB.`,
  },
} as const
