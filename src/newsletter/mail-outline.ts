// What a mail shows and where, read from its HTML: links, images, visible text, and the two places where ours may go in.
import { DomUtils, ElementType, parseDocument } from 'htmlparser2'

type Node = ReturnType<typeof parseDocument>['children'][number]
export type MailElement = ReturnType<typeof DomUtils.getElementsByTagName>[number]

/** A link a reader can see. `textBefore`: visible characters in front of it, white space not counted. */
export type MailLink = { href: string; textBefore: number }

export type MailOutline = {
  elements: MailElement[]
  /** Visible links in the order of the mail. */
  links: MailLink[]
  /** Visible text with all white space taken out, in lower case: for `shows`. */
  text: string
  /** The same without what we put in ourselves. */
  contentText: string
  /** The hidden first line that mailboxes show beside the subject. */
  hasPreview: boolean
  /** Offsets into the HTML: after a hidden preview line at the start of the body, and before the body's end. */
  start: number
  end: number
}

/** The classes of the two blocks that we put in. */
export const openingClass = 'lupa-opening'
export const footerClass = 'lupa-footer'

/** Reads the mail once. A body or html tag may be missing, as HTML allows. Pure. */
export function outlineMail(html: string): MailOutline {
  const document = parseDocument(html, { withStartIndices: true, withEndIndices: true })
  const elements = DomUtils.getElementsByTagName('*', document.children)
  const body = elements.find((element) => element.name === 'body')
  const shown: Shown = { links: [], text: '', contentText: '' }
  show(body ? [body] : document.children, false, shown)

  const end = endOfBody(html, elements)
  const content = body ? body.children : afterHead(document.children)
  const preview = previewOf(content)
  const start = preview ? (preview.endIndex ?? 0) + 1 : (content[0]?.startIndex ?? end)
  return { elements, ...shown, hasPreview: preview !== null, start, end: Math.max(start, end) }
}

/** Whether the visible text holds these words, however they are broken into lines and spaces. */
export function shows(text: string, words: string): boolean {
  return text.includes(squeeze(words))
}

type Shown = Pick<MailOutline, 'links' | 'text' | 'contentText'>

const isElement = (node: Node): node is MailElement => ElementType.isTag(node)
const isText = (node: Node) => node.type === ElementType.Text
const squeeze = (text: string) => text.replace(/\s+/g, '').toLowerCase()
const withoutText = new Set(['head', 'title', 'style', 'script', 'noscript', 'template'])

function show(nodes: Node[], ours: boolean, shown: Shown): void {
  for (const node of nodes) {
    if (isText(node)) addText(squeeze(node.data), ours, shown)
    if (!isElement(node) || withoutText.has(node.name) || isHidden(node)) continue
    const href = node.name === 'a' ? node.attribs['href']?.trim() : undefined
    if (href && hasFace(node)) shown.links.push({ href, textBefore: shown.text.length })
    show(node.children, ours || isOurs(node), shown)
  }
}

const isOurs = ({ attribs }: MailElement) => [openingClass, footerClass].includes(attribs['class'] ?? '')

function addText(text: string, ours: boolean, shown: Shown): void {
  shown.text += text
  if (!ours) shown.contentText += text
}

function hasFace(link: MailElement): boolean {
  return squeeze(DomUtils.textContent(link)) !== '' || DomUtils.getElementsByTagName('img', link).length > 0
}

// Not font-size: MJML sets it to 0 around everything it lays out.
function isHidden({ attribs }: MailElement): boolean {
  return 'hidden' in attribs || /display\s*:\s*none|visibility\s*:\s*hidden/i.test(attribs['style'] ?? '')
}

function previewOf(nodes: Node[]): MailElement | null {
  const first = nodes.find((node) => isElement(node) || (isText(node) && node.data.trim() !== ''))
  return first && isElement(first) && isHidden(first) && squeeze(DomUtils.textContent(first)) !== '' ? first : null
}

const headOnly = new Set(['head', 'title', 'meta', 'style', 'link', 'base'])

// Without a body tag the content begins after whatever can only belong to the head.
function afterHead(nodes: Node[]): Node[] {
  const html = nodes.find((node) => isElement(node) && node.name === 'html')
  const inside = html && isElement(html) ? html.children : nodes
  const first = inside.findIndex((node) =>
    isElement(node) ? !headOnly.has(node.name) : isText(node) && node.data.trim() !== '',
  )
  return first < 0 ? [] : inside.slice(first)
}

function endOfBody(html: string, elements: MailElement[]): number {
  for (const name of ['body', 'html']) {
    const element = elements.find((candidate) => candidate.name === name)
    const closing = element && closingTag(html, element)
    if (closing) return closing
  }
  return html.length
}

function closingTag(html: string, element: MailElement): number | null {
  const start = html.lastIndexOf('</', element.endIndex ?? 0)
  return html.slice(start + 2, start + 2 + element.name.length).toLowerCase() === element.name ? start : null
}
