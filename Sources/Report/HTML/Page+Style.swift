// SPDX-License-Identifier: Apache-2.0

extension Page {
  /// How a page looks: light or dark as the reader's system is, from the width of a telephone on.
  static let style = #"""

    :root {
      color-scheme: light dark;
      --page: #f7f6f3; --card: #fff; --ink: #1d2025; --soft: #5a616b; --line: #dedbd4; --lane: #c3beb4;
      --good: #1b6e3c; --bad: #b3261e; --warn: #825300; --blue: #1f5a96;
      --bad-wash: #fdecea; --warn-wash: #fdf3dd; --good-wash: #e8f4ec; --blue-wash: #e4eefa;
      --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace;
      --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "DejaVu Sans", sans-serif;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --page: #131519; --card: #1b1e24; --ink: #e8e6e1; --soft: #a2a9b3; --line: #31363f; --lane: #4a515c;
        --good: #74cf93; --bad: #ff9a8f; --warn: #e9bb62; --blue: #8fbff5;
        --bad-wash: #3a1f1d; --warn-wash: #362b14; --good-wash: #17301f; --blue-wash: #1a2d44;
      }
    }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; scroll-padding-top: 4.5rem; }
    body { margin: 0; background: var(--page); color: var(--ink); font: 1rem/1.5 var(--sans); overflow-wrap: break-word; }
    h1, h2, h3, h4, p, ul, ol, dl, dd, pre, figure, fieldset { margin: 0; padding: 0; }
    ul, ol { list-style: none; }
    li { display: block; }
    pre, code, .kind, .at { font-family: var(--mono); font-size: .8125rem; line-height: 1.55; }
    mark { background: none; color: inherit; }
    :focus-visible { outline: 2px solid var(--blue); outline-offset: 2px; border-radius: 3px; }
    .hidden { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    thead.hidden { display: block; }
    .skip { position: absolute; left: -999px; }
    .skip:focus { left: 1rem; top: 1rem; z-index: 9; background: var(--card); padding: .5rem 1rem; }
    .scroll { overflow-x: auto; }
    .note { color: var(--soft); font-size: .8125rem; margin-top: .5rem; }

    .top, main { max-width: 84rem; margin: 0 auto; padding: 0 1.5rem; }
    .top { padding-top: 2.25rem; padding-bottom: 1.25rem; }
    .brand { font: 600 .8125rem/1 var(--mono); letter-spacing: .04em; color: var(--soft); }
    h1 { font-size: clamp(1.5rem, 1.1rem + 1.6vw, 2.25rem); font-weight: 650; line-height: 1.2; letter-spacing: -.015em; margin: .625rem 0 .5rem; text-wrap: balance; }
    .top.good h1 { color: var(--good); }
    .top.bad h1 { color: var(--bad); }
    .facts { color: var(--soft); font-size: .875rem; display: flex; flex-wrap: wrap; gap: .125rem 1.25rem; }
    .problems { margin-top: 1rem; border-left: 3px solid var(--bad); padding: .5rem 1rem; background: var(--bad-wash); }

    .controls { position: sticky; top: 0; z-index: 5; background: var(--page); border-bottom: 1px solid var(--line); padding: .625rem max(1.5rem, calc((100% - 81rem) / 2)); display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; align-items: center; }
    .show { border: 0; display: flex; flex-wrap: wrap; gap: .25rem; }
    .show label { position: relative; }
    .show input { position: absolute; inset: 0; opacity: 0; margin: 0; width: 100%; height: 100%; cursor: pointer; }
    .show span { display: block; padding: .1875rem .75rem; border: 1px solid transparent; border-radius: 99px; font-size: .875rem; color: var(--soft); }
    .show b { font-weight: 600; color: var(--ink); font-variant-numeric: tabular-nums; }
    .show input:hover + span { border-color: var(--line); }
    .show input:checked + span { background: var(--card); border-color: var(--lane); color: var(--ink); }
    .show input:focus-visible + span { outline: 2px solid var(--blue); outline-offset: 2px; }
    .find { display: flex; gap: .75rem; align-items: center; margin-left: auto; }
    .find[hidden] { display: none; }
    .find input { font: inherit; font-size: .875rem; width: 15rem; max-width: 60vw; padding: .25rem .75rem; border: 1px solid var(--lane); border-radius: 99px; background: var(--card); color: var(--ink); }
    .find input::placeholder { color: var(--soft); opacity: 1; }
    #found { font-size: .8125rem; color: var(--soft); }
    #found:empty { display: none; }

    main[data-show=passed] :is(.case:not(.passed), .group:not(.g3)),
    main[data-show=failed] :is(.case:not(.failed), .group:not(.g0)),
    main[data-show=flaky] :is(.case:not(.flaky), .group:not(.g0)),
    main[data-show=knownFailure] :is(.case:not(.knownFailure), .group:not(.g2)),
    main[data-show=cannotRun] :is(.case:not(.cannotRun), .group:not(.g0)),
    main[data-show=notJudged] :is(.case:not(.notJudged), .group:not(.g0)),
    main[data-show=notRun] :is(.case:not(.notRun), .group:not(.g1)),
    .out { display: none; }

    main { padding-top: .5rem; padding-bottom: 5rem; outline: none; }
    h2 { font-size: 1rem; font-weight: 650; margin: 1.75rem 0 .625rem; }
    h2 .n { color: var(--soft); font-weight: 400; font-variant-numeric: tabular-nums; margin-left: .25rem; }
    .cases { border: 1px solid var(--line); border-radius: 10px; background: var(--card); overflow: clip; }
    .case + .case { border-top: 1px solid var(--line); }
    .row { display: grid; grid-template-columns: 5rem minmax(0, 1fr) auto 5rem; gap: .125rem 1rem; padding: .5625rem 1.125rem; align-items: baseline; }
    summary { cursor: pointer; list-style: none; }
    summary::-webkit-details-marker { display: none; }
    summary:focus-visible { outline-offset: -2px; }
    .case > details > summary:hover { background: color-mix(in srgb, var(--blue-wash) 45%, transparent); }
    .mark { font: 650 .75rem/1.6 var(--mono); letter-spacing: .02em; }
    .passed .mark { color: var(--good); }
    .failed .mark, .flaky .mark, .cannotRun .mark, .notJudged .mark { color: var(--bad); }
    .knownFailure .mark, .notRun .mark { color: var(--warn); }
    .name b { font-weight: 550; }
    .title, .why { display: block; font-size: .875rem; color: var(--soft); }
    .failed .why, .flaky .why, .cannotRun .why, .notJudged .why { color: var(--bad); }
    .seen, .took { font-size: .8125rem; color: var(--soft); font-variant-numeric: tabular-nums; text-align: right; }
    details[open] > .row .why { display: none; }
    details[open] > .row { border-bottom: 1px solid var(--line); }
    .body { padding: 1.125rem 1.125rem 1.5rem; }
    .body > * + *, .pair > div > * + * { margin-top: 1.25rem; }
    h3 { font-size: .875rem; font-weight: 650; margin: 1.5rem 0 .5rem; }
    .pair h3:first-child { margin-top: 0; }
    h3 + * { margin-top: 0 !important; }

    .reason { color: var(--bad); }
    .fix::before { content: "Fix: "; font-weight: 600; }
    .findings { border-left: 3px solid var(--bad); background: var(--bad-wash); padding: .375rem 1rem; border-radius: 0 6px 6px 0; }
    .findings li { padding: .25rem 0; }
    .knownFailure .findings { border-color: var(--warn); background: var(--warn-wash); }
    .kind { font-weight: 650; }
    .places { font-size: .8125rem; color: var(--soft); }
    .places::before { content: "at "; }
    .said { display: block; }
    .at { color: var(--soft); font-size: .75rem; }

    .pair { display: grid; gap: 1.5rem 2rem; grid-template-columns: minmax(0, 1fr); }
    .source { border: 1px solid var(--line); border-radius: 6px; padding: .5rem 0; max-height: 24rem; overflow: auto; tab-size: 2; }
    .line { display: block; padding-right: 1rem; min-width: max-content; }
    .line i { display: inline-block; width: 3rem; padding-right: .875rem; text-align: right; color: var(--soft); font-style: normal; user-select: none; }
    .line.hit { background: var(--bad-wash); }
    .line mark { text-decoration: underline wavy var(--bad) 1px; text-underline-offset: 3px; font-weight: 700; }
    .values { border-collapse: collapse; font-size: .8125rem; width: 100%; font-variant-numeric: tabular-nums; }
    .values caption { text-align: left; font-weight: 650; padding-bottom: .25rem; }
    .values th, .values td { text-align: left; padding: .1875rem .875rem .1875rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
    .values thead th { color: var(--soft); font-weight: 500; }
    .values tbody th { font-weight: 500; }
    .values td { font-family: var(--mono); font-size: .75rem; line-height: 1.6; }
    .values .wrong > * { background: var(--bad-wash); color: var(--bad); font-weight: 650; }
    .values .wrong > :first-child { box-shadow: inset 3px 0 var(--bad); padding-left: .625rem; }
    .told { font-size: .875rem; }
    .told li { padding-left: 1rem; text-indent: -1rem; }
    .told li::before { content: "→ "; color: var(--soft); }
    .hint b { color: var(--blue); }

    .ladder { --socket: 8.5rem; --time: 5rem; border: 1px solid var(--line); border-radius: 6px; overflow: clip; }
    .lanes, .ladder summary, .output { display: grid; grid-template-columns: var(--time) minmax(0, 1fr); }
    .t { font: .75rem/1.6 var(--mono); color: var(--soft); text-align: right; padding: .375rem .75rem .375rem 0; font-variant-numeric: tabular-nums; }
    .way { display: grid; grid-template-columns: 1fr 1fr var(--socket); margin: 0 2.75rem 0 2.25rem; padding: .375rem 0; position: relative; align-items: center;
      background: linear-gradient(var(--lane) 0 0) 0 0 / 1px 100% no-repeat,
        repeating-linear-gradient(var(--lane) 0 4px, transparent 4px 8px) calc((100% - var(--socket)) / 2) 0 / 1px 100% no-repeat,
        linear-gradient(var(--lane) 0 0) calc(100% - var(--socket)) 0 / 1px 100% no-repeat,
        linear-gradient(var(--lane) 0 0) 100% 0 / 1px 100% no-repeat; }
    .lanes { border-bottom: 1px solid var(--line); background: var(--page); }
    .lanes .way { background: none; align-items: start; font-size: .75rem; font-weight: 600; line-height: 1.35; }
    .lanes small { display: block; font-weight: 400; color: var(--soft); }
    .lanes .t { padding-top: .375rem; }
    .lanes .way > span { grid-row: 1; text-align: center; max-width: 9rem; }
    .l1 { grid-column: 1; justify-self: start; transform: translateX(-50%); }
    .l2 { grid-column: 1 / 3; justify-self: center; }
    .l3 { grid-column: 2; justify-self: end; transform: translateX(50%); }
    .l4 { grid-column: 3; justify-self: end; transform: translateX(50%); }
    .lanes .l1, .lanes .l4 { max-width: 5rem; }
    .packet summary:hover .what, .packet summary:hover .t { color: var(--blue); }
    .packet details[open] > summary { background: var(--blue-wash); }
    .packet details[open] > summary .what, .packet details[open] > summary .deed { background: var(--blue-wash); }
    .what { grid-column: 1 / 3; grid-row: 1; justify-self: center; text-align: center; font-size: .8125rem; line-height: 1.4; background: var(--card); padding: 0 .5rem; max-width: calc(100% - 1rem); }
    .what b { font-weight: 650; }
    .way i { grid-row: 2; align-self: start; height: .875rem; position: relative; display: block; }
    .way i::before { content: ""; position: absolute; left: 1px; right: 0; top: 50%; border-top: 1.5px solid var(--ink); }
    .way i::after { content: ""; position: absolute; top: 50%; width: .4375rem; height: .4375rem; border: solid var(--ink); border-width: 1.5px 1.5px 0 0; }
    .a1 { grid-column: 1; } .a2 { grid-column: 2; } .a3 { grid-column: 3; }
    .to .a2::after, .to .a3::after { right: 1px; transform: translateY(-50%) translateY(.75px) rotate(45deg); }
    .to .a1:not(.end)::after, .back .a2:not(.end)::after { display: none; }
    .back i.a1::after { left: 2px; transform: translateY(-50%) translateY(.75px) rotate(-135deg); }
    .way .a3::before { border-top-style: dotted; border-top-width: 2px; border-color: var(--good); }
    .way .a3::after { border-color: var(--good); }
    .way i.end::before { border-top-style: dashed; border-color: var(--bad); right: .5rem; }
    .way i.end::after { content: "×"; border: 0; right: -.3125rem; left: auto; width: auto; height: auto; transform: translateY(-50%); color: var(--bad); font: 700 1.125rem/1 var(--sans); }
    .back i.end { grid-column: 2; }
    .back i.end::before { left: .5rem; right: 0; }
    .back i.end::after { left: -.3125rem; right: auto; transform: translateY(-50%); }
    .back i.a1.end { grid-column: 2; }
    .wrong .way i::before, .wrong .way i::after { border-color: var(--bad); }
    .deed { grid-column: 1 / 3; grid-row: 2; justify-self: center; z-index: 1; background: var(--warn-wash); color: var(--warn); border: 1px solid currentColor; border-radius: 99px; padding: 0 .5rem; font-size: .75rem; line-height: 1.4; text-align: center; }
    .way i.end ~ .deed { transform: translateY(1rem); margin-bottom: 1rem; }
    .fault { grid-column: 1 / 3; grid-row: 3; justify-self: center; color: var(--bad); font-size: .75rem; background: var(--card); padding: 0 .5rem; text-align: center; }
    .packet details[open] > summary .fault { background: var(--blue-wash); }
    .gap { text-align: center; font-size: .75rem; color: var(--soft); border-block: 1px dashed var(--line); padding: .25rem; }
    .box { grid-row: 1; background: var(--page); border: 1px solid var(--line); border-radius: 6px; padding: .25rem .625rem; min-width: 0; max-width: 100%; position: relative; }
    .output.sender .box { grid-column: 1 / 3; justify-self: start; border-left: 3px solid var(--good); }
    .output.receiver .box { grid-column: 2 / 4; justify-self: end; border-right: 3px solid var(--good); }
    .output.err .box { border-color: var(--warn); }
    .box pre { font-size: .75rem; max-height: 12rem; overflow: auto; }
    .who { display: block; font-size: .6875rem; color: var(--soft); }

    .opened { border-block: 1px solid var(--line); padding: .75rem 1rem 1.125rem; background: var(--card); }
    .faults { color: var(--bad); font-size: .875rem; margin-bottom: .5rem; }
    .faults li::before { content: "✗ "; }
    h4 { font-size: .8125rem; font-weight: 600; margin: .75rem 0 .5rem; }
    .split { display: grid; gap: .75rem 1.75rem; grid-template-columns: minmax(0, 1fr); }
    .fields { border-collapse: collapse; width: 100%; font-size: .8125rem; line-height: 1.45; }
    .fields caption { text-align: left; font-weight: 600; color: var(--blue); padding: .375rem 0 .125rem; }
    .fields td, .fields th { text-align: left; vertical-align: top; padding: .0625rem .75rem .0625rem 0; font-weight: 400; }
    .fields tbody td:first-child { color: var(--soft); font: .6875rem/1.9 var(--mono); width: 4.25rem; padding-left: .375rem; white-space: nowrap; }
    .fields tbody th { width: 13rem; color: var(--soft); }
    .fields td:nth-child(3) { font-family: var(--mono); font-size: .75rem; }
    .fields td:nth-child(4) { min-width: 11rem; color: var(--soft); font-size: .75rem; }
    .fields .bad > *, .fields .bad > td:first-child { background: var(--bad-wash); color: var(--bad); font-weight: 650; }
    .fields .new > *, .fields .new > td:first-child { background: var(--warn-wash); color: var(--warn); }
    .fields tr.on > * { background: var(--blue-wash); }
    .fields tr[tabindex] { cursor: pointer; }
    .hex { font-size: .75rem; line-height: 1.6; align-self: start; border: 1px solid var(--line); border-radius: 6px; padding: .5rem .75rem; background: var(--page); max-width: 100%; }
    .hex mark { background: var(--bad-wash); color: var(--bad); font-weight: 700; text-decoration: underline 2px; text-underline-offset: 2px; }
    .hex ins { background: var(--warn-wash); color: var(--warn); text-decoration: underline dotted 2px; text-underline-offset: 2px; }
    .hex .on { background: var(--blue); color: var(--card); }
    .hex [data-i] { cursor: pointer; }

    .terminal > summary { font-size: .875rem; color: var(--blue); width: fit-content; }
    .terminal > summary::before { content: "▸ "; }
    .terminal[open] > summary::before { content: "▾ "; }
    .terminal pre { margin-top: .5rem; border: 1px solid var(--line); border-radius: 6px; padding: .625rem .875rem; background: var(--page); }
    .about { display: grid; gap: .25rem 2rem; font-size: .875rem; border-top: 1px solid var(--line); padding-top: .875rem; }
    .about div { display: grid; grid-template-columns: 11rem minmax(0, 1fr); }
    .about dt { color: var(--soft); }
    .copy { user-select: all; background: var(--page); border: 1px solid var(--line); border-radius: 4px; padding: .0625rem .375rem; }

    @media (min-width: 64rem) {
      .pair:not(.alone) { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
      .split { grid-template-columns: minmax(0, 1fr) max-content; }
      .hex { position: sticky; top: 4.25rem; }
    }
    @media (max-width: 40rem) {
      .top, main { padding-left: .75rem; padding-right: .75rem; }
      .controls { padding-left: .75rem; padding-right: .75rem; position: static; }
      .find { margin-left: 0; }
      .row { grid-template-columns: minmax(0, 1fr) auto; padding: .625rem .75rem; }
      .name { grid-column: 1 / 3; grid-row: 2; }
      .took { grid-column: 2; grid-row: 1; }
      .seen { grid-column: 1 / 3; text-align: left; }
      .body { padding: .875rem .75rem 1.25rem; }
      .ladder { --socket: 3.875rem; --time: 2.75rem; }
      .t { padding-right: .25rem; font-size: .625rem; }
      .way { margin-left: 1.5rem; margin-right: 1.75rem; }
      .lanes .way { font-size: .6875rem; }
      .lanes small { font-size: .5625rem; }
      .lanes .l1, .lanes .l3, .lanes .l4 { max-width: 4.25rem; }
      .opened { padding-inline: .625rem; }
      .fields tbody th { width: 36%; }
      .fields td:nth-child(4) { min-width: 0; }
      .fields tbody td:first-child { width: 2.75rem; padding-right: .25rem; }
      .about div { grid-template-columns: minmax(0, 1fr); margin-bottom: .25rem; }
    }
    @media print {
      .controls, .skip { display: none; }
    }
    @media (prefers-reduced-motion: no-preference) {
      .show span, summary { transition: background-color .12s, color .12s; }
    }

    """#

  /// What chooses cases by their status where no script does; with many cases it takes a browser long.
  static let styleWithoutScript = #"""

    body:has(#show-passed:checked) :is(.case:not(.passed), .group:not(.g3)),
    body:has(#show-failed:checked) :is(.case:not(.failed), .group:not(.g0)),
    body:has(#show-flaky:checked) :is(.case:not(.flaky), .group:not(.g0)),
    body:has(#show-knownFailure:checked) :is(.case:not(.knownFailure), .group:not(.g2)),
    body:has(#show-cannotRun:checked) :is(.case:not(.cannotRun), .group:not(.g0)),
    body:has(#show-notJudged:checked) :is(.case:not(.notJudged), .group:not(.g0)),
    body:has(#show-notRun:checked) :is(.case:not(.notRun), .group:not(.g1)) { display: none; }

    """#
}
