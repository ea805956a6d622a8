// Name → tool. A second tool is added here and in a folder of its own; nothing else changes.
import { BadInput } from '../domain/errors.ts'
import { openMailchimp } from './mailchimp/mailchimp.ts'
import { mailchimpTraits } from './mailchimp/traits.ts'
import type { MarketingTool, ToolTraits } from './marketing-tool.ts'

/**
 * What opening a tool takes. `baseUrl` is another endpoint than the tool's own; with `accountId`, `account` refuses a
 * key of any other account; `timeoutMs` bounds one call, in milliseconds; `answered` hears of each request when it is over: the
 * route without ids, the status or `none`, and the milliseconds it took.
 */
export type ToolSettings = {
  apiKey: string
  baseUrl?: string
  accountId?: string
  timeoutMs?: number
  answered?: (route: string, outcome: string, ms: number) => void
}

/** The tools a campaign may name. */
export const toolNames = ['mailchimp'] as const
export type ToolName = (typeof toolNames)[number]

/**
 * Opens a tool with a client of its own: verification opens another one (I8). Calls nothing yet.
 * Throws BadInput when the name is not a tool, or the settings cannot reach one.
 */
export function openTool(name: string, settings: ToolSettings): MarketingTool {
  if (!isToolName(name)) throw notATool(name)
  return openers[name](settings)
}

/** What is known of a tool without a key and without calling it. Throws BadInput when the name is not a tool. */
export function toolTraits(name: string): ToolTraits {
  if (!isToolName(name)) throw notATool(name)
  return traits[name]
}

function notATool(name: string): BadInput {
  return new BadInput(`tool: "${name}" is not a tool we know; use one of: ${toolNames.join(', ')}`)
}

function isToolName(name: string): name is ToolName {
  return toolNames.some((known) => known === name)
}

const openers: Record<ToolName, (settings: ToolSettings) => MarketingTool> = {
  mailchimp: (settings) => openMailchimp(settings),
}

const traits: Record<ToolName, ToolTraits> = { mailchimp: mailchimpTraits }
