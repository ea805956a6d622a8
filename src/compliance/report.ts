// A report for the owner or an authority: a title, some tables; as one HTML page that needs nothing but itself.
import { Eta } from 'eta'

export type Language = 'fi' | 'en'
export type ReportSection = { title: string; head: string[]; rows: string[][]; note?: string }
export type Report = { title: string; lead: string; sections: ReportSection[] }

/** The report as one complete HTML page for A4 and for screens. Everything in it is escaped. */
export function reportPage(report: Report, language: Language): string {
  return templates.renderString(page, { ...report, language })
}

const templates = new Eta({ autoTrim: false })

const page = `<!doctype html>
<html lang="<%= it.language %>">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title><%= it.title %></title>
<style>
  * { box-sizing: border-box }
  body { max-width: 280mm; margin: 0 auto; padding: 12mm 14mm; color: #1d2621; background: #fff;
    font: 14px/1.45 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif }
  h1 { font-size: 26px; line-height: 1.25; text-wrap: balance; overflow-wrap: anywhere }
  h2 { margin: 28px 0 8px; font-size: 16px; color: #1f5d3a }
  .wide { overflow-x: auto }
  table { width: 100%; border-collapse: collapse }
  th, td { padding: 4px 12px 4px 0; border-bottom: 1px solid #d9dfda; text-align: left; vertical-align: top; overflow-wrap: anywhere }
  th { color: #55615a; font-weight: 400 }
  tr { break-inside: avoid }
  p { max-width: 80ch }
  @page { size: A4 landscape; margin: 12mm }
  @media print { body { max-width: none; padding: 0; font-size: 11px } }
</style>
</head>
<body>
<main>
<h1><%= it.title %></h1>
<p><%= it.lead %></p>
<% for (const { title, head, rows, note } of it.sections) { %><section>
<h2><%= title %></h2>
<% if (note) { %><p><%= note %></p>
<% } if (rows.length > 0) { %><div class="wide"><table>
<thead><tr><% for (const name of head) { %><% if (name) { %><th scope="col"><%= name %></th><% } else { %><td></td><% } %><% } %></tr></thead>
<tbody>
<% for (const row of rows) { %><tr><% for (const cell of row) { %><td><%= cell %></td><% } %></tr>
<% } %></tbody>
</table></div>
<% } %></section>
<% } %></main>
</body>
</html>
`
