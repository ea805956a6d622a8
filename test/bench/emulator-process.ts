// The make-believe Mailchimp in a process of its own, so that its work and its memory are not ours. The first argument is its options.
import { startEmulator } from '../emulator/mailchimp/emulator.ts'

const emulator = await startEmulator(JSON.parse(process.argv[2] ?? '{}'))
const { url, apiKey, accountId } = emulator
process.send?.({ url, apiKey, accountId })
process.once('disconnect', () => void emulator.close().then(() => process.exit(0)))
