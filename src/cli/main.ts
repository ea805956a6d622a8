// The command line: every command of Lupa, one file each in commands/.
import { loadEnvironmentFile } from '../config.ts'
import { runCommandLine } from './command-line.ts'

// Whoever reads our output may stop reading (`| head`): that is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

loadEnvironmentFile()
process.exitCode = await runCommandLine(process.argv.slice(2))
