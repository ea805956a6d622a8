/**
 * Runs `action` while no other process runs one under the same lock folder, and returns what it returns. Stale locks (their
 * processes dead, or no sign of life for `silentMs` ms, default 20,000) are taken over. Throws after `timeoutMs` ms (default 120,000).
 */
export declare function withFolderLock<T>(
  folder: string,
  action: (lock: { shareWith: (pid: number) => void }) => Promise<T>,
  options?: { timeoutMs?: number; silentMs?: number; onWait?: () => void },
): Promise<T>
