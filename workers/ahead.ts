// The next page is asked for while this one is being worked on: the tool's time and ours run side by side, one request at a time.

/** The same pages, each asked for before the one before it is done with. */
export async function* ahead<T>(pages: AsyncGenerator<T>): AsyncGenerator<T> {
  let next = pages.next()
  try {
    for (;;) {
      const page = await next
      if (page.done) return
      next = pages.next()
      // Whoever comes for the page hears of its failure; until then nobody does.
      next.catch(() => {})
      yield page.value
    }
  } finally {
    await next.catch(() => {})
    await pages.return(undefined)
  }
}
