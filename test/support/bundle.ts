// A script in one file, for processes that die and start many times: what takes a start from source 1.7 s takes it 0.6 s then.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
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

/** Writes `script` with everything of ours that it imports into one file at `outfile`; packages stay where they are. */
export async function bundle(script: string, outfile: string): Promise<void> {
  await build({
    ...{ entryPoints: [script], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20' },
    ...{ packages: 'external', logLevel: 'error', sourcemap: 'inline', plugins: [whereItWas] },
  })
}
