// Templates: as much as a campaign needs that takes its content from one.
import { stamp } from '../clock.ts'
import { pageOf } from '../collections.ts'
import { objectOf, textOf } from '../json.ts'
import { invalidFields, notFound } from '../problems.ts'
import { type Answer, type Call, ok, type Route } from '../router.ts'
import type { EmulatorState, Template } from '../state.ts'

export const templateRoutes: Route[] = [
  { method: 'GET', path: '/templates', handle: getTemplates },
  { method: 'POST', path: '/templates', handle: createTemplate },
  { method: 'GET', path: '/templates/:template_id', handle: (call) => ok(present(templateOf(call))) },
]

/** The template's HTML with the text of its editable parts, `<div mc:edit="main">…</div>`, replaced; undefined without it. */
export function templateHtml(state: EmulatorState, id: unknown, sections: unknown): string | undefined {
  const template = state.templates.get(Number(id))
  if (!template) return undefined
  return Object.entries(objectOf(sections)).reduce((html, [name, text]) => {
    const part = new RegExp(
      `(<(\\w+)[^>]*\\smc:edit=["']${name.replaceAll(/[^\w-]/g, '\\$&')}["'][^>]*>)[\\s\\S]*?(</\\2>)`,
    )
    return html.replace(part, (_whole, open: string, _tag, close: string) => open + textOf(text) + close)
  }, template.html)
}

function getTemplates({ state, query }: Call): Answer {
  const { rows, total } = pageOf(query, state.templates.values(), present)
  return ok({ templates: rows, total_items: total })
}

function createTemplate({ state, body }: Call): Answer {
  const sent = objectOf(body)
  const name = textOf(sent['name'])
  const html = textOf(sent['html'])
  if (name === '' || html === '') {
    throw invalidFields([{ field: 'name, html', message: 'Required fields were not provided' }])
  }
  const template = { id: 10_001 + state.templates.size, name, html, date_created: stamp(state.clock.now()) }
  state.templates.set(template.id, template)
  return ok(present(template))
}

function templateOf(call: Call): Template {
  const template = call.state.templates.get(Number(call.params['template_id']))
  if (!template) throw notFound()
  return template
}

function present({ html: _html, ...template }: Template) {
  return { ...template, type: 'user', active: true }
}
