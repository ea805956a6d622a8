// How Node runs Lupa: in little memory, and an error names the line of its source. package.json and the Dockerfile say the same flags;
// docs/performance.md says what each of them gains.

export const nodeFlags = [
  ...['--max-semi-space-size=4', '--single-threaded', '--heap-growing-percent=30'],
  '--enable-source-maps',
]

/** One arena for the C library's memory instead of eight for each processor. */
export const nodeEnvironment = { MALLOC_ARENA_MAX: '1' }
