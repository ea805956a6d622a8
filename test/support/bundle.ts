// A script in one file, for processes that die and start many times: what takes a start from source 1.7 s takes it 0.6 s then.
import { rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'

/** Every module goes on believing that it lies where its source does: some look for files beside themselves. */
const whereItWas: Plugin = {
  name: 'where-it-was',
  setup(bundle) {
    bundle.onLoad({ filter: /[\\/](src|workers|test)[\\/].*\.ts$/ }, async ({ path: file }) => {
      const source = await readFile(file, 'utf8')
      const contents = source
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(file).href))
        .replaceAll('import.meta.dirname', JSON.stringify(path.dirname(file)))
      return { contents, loader: 'ts' }
    })
  },
}

/** A bundle finds packages only from within the repository. */
const place = fileURLToPath(new URL('../../node_modules/.cache/lupa/', import.meta.url))

/**
 * Writes `script` with everything of ours that it imports below node_modules/.cache/lupa/`name`, packages aside, and returns the file
 * to run. What `script` imports only when it needs it stays a file of its own. Remove it with `dropBundle`.
 */
export async function bundle(script: string, name: string): Promise<string> {
  await build({
    ...{ entryPoints: [script], outdir: path.join(place, name), outExtension: { '.js': '.mjs' }, splitting: true },
    ...{
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20.19',
      packages: 'external',
      sourcemap: 'inline',
    },
    ...{ logLevel: 'error', plugins: [whereItWas] },
  })
  return path.join(place, name, `${path.basename(script, '.ts')}.mjs`)
}

export function dropBundle(name: string): void {
  rmSync(path.join(place, name), { recursive: true, force: true })
}
