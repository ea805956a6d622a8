// Our TypeScript as a few files of JavaScript: they start in half the time of their sources, in 30 MiB less, and need no compiler
// beside them.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { build } from 'esbuild'

export async function bundle(script, folder) {
  const entry = path.join(folder, `${path.basename(script, '.ts')}.mjs`)
  const { outputFiles } = await build({
    ...{ entryPoints: [script], outdir: folder, outExtension: { '.js': '.mjs' }, splitting: true, write: false },
    ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20.19', packages: 'external' },
    ...{ sourcemap: 'linked', sourcesContent: false, logLevel: 'silent', plugins: [whereItWas(folder)] },
  })
  mkdirSync(folder, { recursive: true })
  // The entry last, and each file whole or not at all. What a program that runs may still import has another name, and stays.
  const others = outputFiles.filter((file) => file.path !== entry)
  for (const file of [...others, ...outputFiles.filter((each) => each.path === entry)]) {
    writeFileSync(`${file.path}.${process.pid}`, file.contents)
    renameSync(`${file.path}.${process.pid}`, file.path)
  }
  return entry
}

/** Every module goes on believing that it lies where its source does: some look for files beside themselves. */
function whereItWas(folder) {
  const below = (place) => JSON.stringify(path.relative(folder, place).replaceAll('\\', '/'))
  const setup = (bundling) => {
    bundling.onLoad({ filter: /[\\/](src|workers|test)[\\/].*\.ts$/ }, async ({ path: file }) => {
      const source = await readFile(file, 'utf8')
      const contents = source
        .replaceAll('import.meta.url', `new URL(${below(file)}, import.meta.url).href`)
        .replaceAll('import.meta.dirname', `(import.meta.dirname + '/' + ${below(path.dirname(file))})`)
      return { contents, loader: 'ts' }
    })
  }
  return { name: 'where-it-was', setup }
}
