// What this process has used since it began.

export type Usage = { cpuMs: number; peakRssMb: number }

/** Of a worker process: also how many requests it has made that add people. */
export type WorkerUsage = Usage & { adding: number }

/** CPU time in milliseconds, and the most memory it has taken, in MiB. */
export function usageOfThis(): Usage {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  return { cpuMs: (userCPUTime + systemCPUTime) / 1000, peakRssMb: maxRSS / 1024 }
}
