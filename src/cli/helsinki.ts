// Times for people: stored in UTC, shown as Helsinki wall time.

const format = new Intl.DateTimeFormat('fi-FI', {
  timeZone: 'Europe/Helsinki',
  dateStyle: 'short',
  timeStyle: 'short',
})

/** `5.3.2027 klo 9.12` */
export function helsinki(at: Date): string {
  return format.format(at)
}
