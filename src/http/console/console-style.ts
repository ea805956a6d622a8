// The console's one stylesheet: sizes 14, 16, 20, 28, 44; one accent; hairlines; light and dark from the same names.
import { readableOn } from '../public-page.ts'

/** The stylesheet with the company's accent. Every pair of colours is AA or better, whatever the accent is. */
export function consoleStyle(accent: string): string {
  return `
:root { color-scheme: light dark; --paper: #fff; --ink: #1c1f1d; --quiet: #565c58; --line: #dfe3e0; --wrong: #a3231c; --accent: ${accent}; --on-accent: ${readableOn(accent)}; --tint: #f4f6f4; --drawn: color-mix(in srgb, var(--accent) 80%, var(--ink)) }
@media (prefers-color-scheme: dark) { :root { --paper: #161917; --ink: #eef1ef; --quiet: #a7aea9; --line: #343a36; --wrong: #ffb4ab; --tint: #1e221f; --drawn: color-mix(in srgb, var(--accent) 45%, var(--ink)) } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; font-variant-numeric: tabular-nums; overflow-wrap: break-word }
a { color: inherit; text-underline-offset: .18em; text-decoration-thickness: 1px }
:focus-visible { outline: 3px solid var(--ink); outline-offset: 3px; border-radius: 2px }
.skip { position: absolute; left: -9999px } .skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .5rem 1rem; z-index: 1 }
header, main, .foot { max-width: 68rem; margin: 0 auto; padding: 0 1.5rem }
header { display: flex; gap: .25rem; padding-top: 1.25rem; padding-bottom: 1rem; border-bottom: 1px solid var(--line) }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin: 0; padding: 0; list-style: none }
nav a, .self a, .self button { display: inline-block; padding: .25rem 0; text-decoration: none; color: var(--quiet) }
nav a:hover, .self a:hover, .self button:hover { color: var(--ink); text-decoration: underline }
nav a[aria-current] { color: var(--ink); font-weight: 600; box-shadow: 0 2px 0 var(--drawn) }
.self { display: flex; gap: 1rem; align-items: baseline; font-size: 14px; color: var(--quiet) }
.self form { margin: 0 }
main { padding-top: clamp(1.5rem, 5vh, 3.5rem); padding-bottom: 4rem }
main.narrow { max-width: 31rem }
h1 { margin: 0 0 .75rem; font-size: 28px; line-height: 1.2; font-weight: 600; text-wrap: balance }
h1::first-letter { text-transform: uppercase }
h1.answer { font-size: clamp(28px, 5vw, 44px); letter-spacing: -.015em }
h2 { margin: 3rem 0 .75rem; font-size: 20px; line-height: 1.3; font-weight: 600 }
h3 { margin: 1.5rem 0 .5rem; font-size: 16px }
p, ul.plain-list { margin: 0 0 1rem; max-width: 72ch }
.lead { font-size: 20px; color: var(--quiet); max-width: 60ch }
.quiet, .hint { color: var(--quiet) } .hint, small { font-size: 14px }
.number { text-align: right; white-space: nowrap }
.wrong { color: var(--wrong) }
.notice { margin: 0 0 1.5rem; padding: .75rem 1rem; border-left: 3px solid var(--drawn); background: var(--tint); max-width: 72ch; white-space: pre-line }
ul.notice { padding-left: 2rem; white-space: normal }
.notice.wrong { border-color: var(--wrong) }
.trail { margin: 0 0 .5rem; font-size: 14px; color: var(--quiet) }
.scroll { overflow-x: auto; margin: 0 0 1rem }
table { width: 100%; border-collapse: collapse } td.time, th.time { white-space: nowrap } .number + :is(td, th):not(.number) { padding-left: 1.5rem } table.columns select { min-width: 14rem }
caption { text-align: left; color: var(--quiet); font-size: 14px; padding: 0 0 .5rem }
th, td { padding: .5rem 1.5rem .5rem 0; text-align: left; vertical-align: baseline; border-bottom: 1px solid var(--line) }
th { font-size: 14px; font-weight: 500; color: var(--quiet) } tbody th { font-size: inherit; color: inherit; font-weight: 500 }
th:last-child, td:last-child { padding-right: 0 }
td, tbody th { min-width: 5.5rem } td.number, tbody th.narrow { min-width: 0 } th.narrow { white-space: nowrap } td.text, th.text { max-width: 26rem; min-width: 10rem; overflow-wrap: anywhere }
dl { display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; gap: .375rem 2rem; margin: 0 0 1.5rem }
dt { color: var(--quiet) } dd { margin: 0; overflow-wrap: anywhere }
.scroll + form, .pages + form { margin-top: 2rem } form { margin: 0 0 1.5rem } .row { display: flex; flex-wrap: wrap; gap: .75rem 1rem; align-items: end } .row form, .row .field { margin: 0 } form.row .field { flex: 1 1 16rem } form.row > p { margin: 0 }
.field { margin: 0 0 1.25rem; max-width: 31rem } .field.wide { max-width: 44rem }
label, legend { display: block; margin: 0 0 .25rem; padding: 0 } fieldset { border: 0; margin: 0 0 1.25rem; padding: 0 }
label.choice { display: flex; gap: .625rem; align-items: baseline }
input:not([type=checkbox], [type=radio], [type=file]), select, textarea { display: block; width: 100%; padding: .5rem .75rem; font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--quiet); border-radius: .375rem }
textarea { min-height: 5rem } textarea.code { min-height: 12rem; font: 14px/1.5 ui-monospace, monospace }
input.code { font-size: 20px; letter-spacing: .15em; max-width: 14rem }
button, a.button { display: inline-block; font: inherit; padding: .5rem 1.25rem; color: var(--ink); background: var(--paper); border: 1px solid var(--quiet); border-radius: .375rem; cursor: pointer; text-decoration: none }
button:hover, a.button:hover { background: var(--tint) }
button.main, a.button.main { color: var(--on-accent); background: var(--accent); border-color: color-mix(in srgb, var(--accent) 55%, var(--ink)); font-size: 20px; padding: .625rem 1.75rem }
button.danger { color: var(--wrong); border-color: var(--wrong) }
button.plain { padding: .25rem 0; font-size: inherit; color: inherit; background: none; border: 0; text-decoration: underline; text-underline-offset: .18em }
.self button.plain { text-decoration: none }
details { margin: 0 0 1rem } summary { cursor: pointer; padding: .25rem 0 } details[open] > summary { margin-bottom: .75rem }
.bar { display: block; min-width: 6rem } .bar .rest { fill: var(--line) } .bar .part { fill: var(--drawn) }
.progress { margin: 0 0 1.5rem; max-width: 44rem } .progress p { margin: 0 0 .375rem }
.open { border-top: 1px solid var(--line); margin-top: 2.5rem } .open h2 { margin: 1.25rem 0 .25rem } .state { font-size: 14px; font-weight: 400; color: var(--quiet); margin-left: .5rem }
.tasks { margin: 0 0 1rem; padding: 0; list-style: none } .tasks li { padding: .5rem 0; border-bottom: 1px solid var(--line); max-width: 44rem } .tasks li.wrong { font-weight: 600 }
.stages { display: flex; flex-wrap: wrap; gap: .5rem 0; margin: 0 0 1.5rem; padding: 0; list-style: none }
.stages li { flex: 1 1 7rem; padding: .75rem 1rem .25rem 0; border-top: 3px solid var(--line); font-size: 14px; color: var(--quiet) }
.stages li b { display: block; font-size: 16px; font-weight: 500 } .stages li.done { border-color: var(--drawn) } .stages li.now { border-color: var(--drawn); border-top-style: dashed; color: var(--ink) }
.exposure { margin: 1rem 0 1.5rem; position: relative } figcaption, .axis { font-size: 14px; color: var(--quiet) } figcaption { margin-bottom: .5rem } .axis { display: flex; justify-content: space-between; padding-top: .375rem }
.chart { width: 100%; display: block; border-bottom: 1px solid var(--quiet) } .chart .area { fill: color-mix(in srgb, var(--drawn) 22%, var(--paper)); stroke: var(--drawn); stroke-width: 2; vector-effect: non-scaling-stroke }
.filters { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; max-width: none; margin: 0 0 1.5rem } .filters a { color: var(--quiet); text-decoration: none } .filters a:hover { text-decoration: underline } .filters a[aria-current] { color: var(--ink); box-shadow: 0 2px 0 var(--drawn) } .filters b { font-weight: 500; color: var(--ink) }
.line { margin: 0 0 1.5rem; padding: 0 0 0 1.25rem; list-style: none; border-left: 1px solid var(--line) } .line > li { position: relative; padding: 0 0 .25rem } .line > li::before { content: ''; position: absolute; left: calc(-1.25rem - 5px); top: .45rem; width: 9px; height: 9px; border: 2px solid var(--drawn); border-radius: 50%; background: var(--paper) } .line > li.permission::before { background: var(--drawn) } .line > li.prohibition::before { border-radius: 1px; border-color: var(--wrong); background: var(--wrong) }
.line p { margin: 0 0 .25rem } .line dl { font-size: 14px; margin: 0 0 1rem; gap: .125rem 1.5rem }
.end { margin-top: 2.5rem } .kept-lines { white-space: pre-line; overflow-wrap: anywhere } .note { border-top: 1px solid var(--line); padding-top: .75rem; max-width: 72ch }
.reasons { display: flex; flex-wrap: wrap; gap: .25rem 1.75rem; margin: 0 0 1rem; padding: 0; list-style: none; max-width: 72ch } .reasons b { font-weight: 500 } fieldset .field { margin: 0 0 .25rem }
header { flex-direction: column; align-items: stretch } .top { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: 0 2rem } .top .quiet { font-size: 14px } nav { font-size: 14px }
.pair { display: flex; flex-wrap: wrap; gap: 0 3rem } .pair > div { flex: 1 1 20rem }
.codes { columns: 2; max-width: 24rem; padding: 0; list-style: none; font: 16px/1.8 ui-monospace, monospace }
.qr { width: 12rem; height: 12rem; background: #fff; padding: .5rem; border-radius: .375rem } .qr svg { display: block; width: 100%; height: 100% }
.pages { display: flex; gap: 1.5rem; align-items: baseline; color: var(--quiet); font-size: 14px }
iframe { width: 100%; height: 34rem; border: 1px solid var(--line); border-radius: .375rem; background: #fff }
.foot { padding-top: 1.5rem; padding-bottom: 1.5rem; font-size: 14px; color: var(--quiet) }
.unseen { position: absolute; width: 1px !important; height: 1px; padding: 0 !important; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
@media (max-width: 40rem) { nav { margin: 0 -1rem; overflow-x: auto; max-width: 100vw } nav ul { flex-wrap: nowrap; padding: 0 1rem .25rem; white-space: nowrap } header, main, .foot { padding-left: 1rem; padding-right: 1rem } dl { grid-template-columns: 1fr; gap: 0 } dd { margin: 0 0 .75rem } th, td { padding-right: 1rem } .codes { columns: 1 } table.columns thead { display: none } table.columns tr { display: block; padding: .75rem 0; border-bottom: 1px solid var(--line) } table.columns :is(th, td) { display: block; border: 0; padding: 0 0 .25rem; max-width: none } }
`
}
