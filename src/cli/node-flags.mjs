// How Node runs Lupa: TypeScript as it is, in little memory. package.json and the Dockerfile say the same flags; docs/performance.md
// says what each of them gains.

export const nodeFlags = [
  ...['--max-semi-space-size=4', '--single-threaded', '--heap-growing-percent=30'],
  ...['--import', import.meta.resolve('tsx')],
]

/** One arena for the C library's memory instead of eight for each processor. */
export const nodeEnvironment = { MALLOC_ARENA_MAX: '1' }
