// While one page is worked on the next is got ready: two questions to PostgreSQL run side by side.

/** The same pages, each begun before the one before it is done with. */
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
