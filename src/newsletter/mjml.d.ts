// mjml 5 ships no types. Only what read-newsletter.ts uses.
declare module 'mjml' {
  type MjmlFinding = { line: number; message: string; tagName: string }
  type MjmlOptions = {
    validationLevel: 'soft'
    ignoreIncludes: true
    /** Font name → address of a remote stylesheet that the mail would load. */
    fonts: Record<string, string>
  }
  /** Throws a plain Error when nothing could be made of the source; otherwise tells what it found wrong. */
  export default function mjml2html(
    source: string,
    options: MjmlOptions,
  ): Promise<{ html: string; errors: MjmlFinding[] }>
}
