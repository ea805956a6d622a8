// What goes wrong with one does not keep the next from its turn.
import { RateLimited } from '../src/domain/errors.ts'

/** Does all, one after the other; what the first that failed threw is thrown when all have had their turn. RateLimited at once. */
export async function eachByItself<T>(all: Iterable<T>, act: (one: T) => Promise<void>): Promise<void> {
  const failures: unknown[] = []
  for (const one of all) {
    try {
      await act(one)
    } catch (failure) {
      if (failure instanceof RateLimited) throw failure
      failures.push(failure)
    }
  }
  if (failures.length > 0) throw failures[0]
}
