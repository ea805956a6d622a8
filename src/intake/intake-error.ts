/** A file or a mapping that cannot be read: one clear sentence for the user (what, where, what to do next). */
export class IntakeError extends Error {
  override name = 'IntakeError'
}
