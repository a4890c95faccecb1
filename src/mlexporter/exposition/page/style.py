"""The style sheet of the page, for light and dark screens, narrow ones and paper."""

from __future__ import annotations

from typing import Final

from mlexporter.exposition.page.markup import Markup

ICON: Final = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath fill='%232f6fab' "
    "d='M1 9h4v6H1zM6 5h4v10H6zM11 7h4v8h-4z'/%3E%3Cpath fill='none' stroke='%23d55e00' stroke-width='1.5' "
    "d='M0 12h5V8h5V2h6'/%3E%3C/svg%3E"
)
"""A small picture for the tab; part of the document, since it may load nothing."""

# Blue against vermilion stays apart in the common colour blindnesses; every state is a word as well.
STYLE: Final = Markup("""
:root{color-scheme:light dark;--canvas:#f5f6f7;--panel:#fff;--line:#dfe2e6;--soft:#eceff2;--ink:#1d232b;--dim:#5b6570;
--now:#7ba6d0;--drift-bar:#e8935a;--then:#2b333d;--side:#a9b0b8;--drift:#a94400;--drift-back:#fdeadd;--steady:#1f5c94;
--steady-back:#e5eff8;--link:#1f5c94;--above:#f6cfae}
@media (prefers-color-scheme:dark){:root{--canvas:#111418;--panel:#191d23;--line:#2d333b;--soft:#232931;--ink:#e3e7ec;
--dim:#9aa5b1;--now:#3f6f9f;--drift-bar:#b8622b;--then:#d5dbe2;--side:#68717c;--drift:#ffab73;--drift-back:#40250f;
--steady:#93c1ec;--steady-back:#182d42;--link:#93c1ec;--above:#6b401d}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--canvas);color:var(--ink);font:15px/1.5 Inter,system-ui,-apple-system,"Segoe UI",Roboto,
"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
main,.top{max-width:1160px;margin:0 auto;padding:0 20px}
.top{display:flex;flex-wrap:wrap;align-items:baseline;gap:4px 18px;padding-top:18px;padding-bottom:14px}
h1,h2,h3,h4,h5,p,dl,ul,dd{margin:0;padding:0}
h1{font-size:19px;letter-spacing:-.01em}
h2{font-size:24px;line-height:1.25;letter-spacing:-.015em}
h3{font-size:17px;margin:30px 0 10px}
h4{font-size:14px;color:var(--dim);margin:18px 0 8px}
.card h4,.card h5{font-size:15px;line-height:1.35;color:var(--ink);margin:0}
.top p{color:var(--dim);font-size:13px;margin-right:auto}
.top nav{display:flex;gap:14px;font-size:13px}
a{color:var(--link);text-underline-offset:2px}
a:focus-visible,summary:focus-visible{outline:3px solid var(--drift-bar);outline-offset:2px;border-radius:2px}
.skip,.unseen-text{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.skip:focus{position:static;width:auto;height:auto;clip-path:none}
code,pre{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
pre{background:var(--soft);padding:12px 14px;border-radius:6px;overflow-x:auto;margin:10px 0;white-space:pre;overflow-wrap:normal}
.kind{font-weight:400;color:var(--dim);font-size:13px;letter-spacing:0}
.badge{display:inline-block;font-size:12px;line-height:18px;font-weight:600;letter-spacing:0;padding:0 7px;border-radius:9px;
vertical-align:middle;overflow-wrap:normal;background:var(--soft);color:var(--dim)}
.badge.none{font-weight:500}
.severities .badge{padding:0 6px;font-size:11.5px}
.badge.drift{background:var(--drift-back);color:var(--drift)}
.badge.steady{background:var(--steady-back);color:var(--steady)}
.model,.panel{background:var(--panel);border:1px solid var(--line);border-radius:10px;padding:24px 26px;margin:0 0 20px}
.panel h2{font-size:17px;margin-bottom:8px}.panel h3{margin-top:0}
.verdict{font-size:18px;line-height:1.4;margin-top:8px;max-width:62em}
.verdict.drift{color:var(--drift);font-weight:600}
.detail{color:var(--dim);margin-top:4px;max-width:75em}
.banner,.note-box{border-radius:8px;padding:12px 16px;margin:0 0 14px}
.banner{background:var(--drift-back);border-left:5px solid var(--drift)}
.banner p+p{margin-top:4px}
.note-box{background:var(--soft)}
.model .note-box{margin:12px 0}
.empty{margin-top:16px;color:var(--dim)}
.empty pre,.empty h2{color:var(--ink)}
.facts-grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(205px,1fr));gap:16px 24px;margin-top:20px;
padding:16px 0 0;border-top:1px solid var(--line)}
.facts-grid dt{font-size:13px;color:var(--dim)}
.big{font-size:21px;line-height:1.3;letter-spacing:-.01em}
h3+.facts-grid{margin-top:6px;padding-top:0;border-top:0}
.note{font-size:13px;color:var(--dim)}
.facts-grid+.note{margin-top:12px}
.overview{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(440px,100%),1fr));gap:0 32px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px;overflow-wrap:break-word}
caption{text-align:left;color:var(--dim);font-size:13px;padding:0 0 4px}
th,td{text-align:left;padding:6px 14px 6px 0;border-top:1px solid var(--line);vertical-align:baseline;font-weight:400}
tbody th{font-weight:600}
tbody th{min-width:3em}.models tbody th{overflow-wrap:anywhere}.models th{min-width:13em}td:last-child{min-width:7em}
thead th{color:var(--dim);font-size:13px;border:0}
.number{text-align:right;white-space:nowrap}
td.number:last-child{min-width:0}
.models td:nth-child(2){white-space:nowrap}
.models{background:var(--panel);border:1px solid var(--line);border-radius:10px;padding:14px 26px;margin:0 0 20px}
.legend{display:flex;flex-wrap:wrap;gap:4px 20px;color:var(--dim);font-size:13px}
.swatch{display:inline-block;width:15px;height:11px;margin-right:6px}
.swatch.now{background:var(--now)}
.swatch.side{background:var(--side)}
.swatch.then{border:1.5px solid var(--then);border-bottom:0}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(310px,100%),1fr));gap:14px}
.cards.large{grid-template-columns:repeat(auto-fill,minmax(min(440px,100%),1fr))}
.card{border:1px solid var(--line);border-radius:8px;padding:14px 16px 10px;display:flex;flex-direction:column;min-width:0;
break-inside:avoid}
.card.drift{border-top:3px solid var(--drift-bar);padding-top:12px}
.severities{display:grid;grid-template-columns:repeat(auto-fit,minmax(80px,1fr));gap:8px 6px;list-style:none;border-bottom:1px solid var(--line);padding-bottom:10px}
.severities li{display:grid;grid-template-columns:auto 1fr;gap:0 7px;align-items:baseline;justify-items:start}
.severities .window{color:var(--dim);font-size:13px}
.severities b{font-size:17px;line-height:1.4;font-weight:600}
.severities .badge{grid-column:1/-1}
.shift{margin-top:8px;font-size:14px}
.risen{font-size:14px;font-weight:600}
.risen::before{content:"▲ ";font-size:10px;vertical-align:1px}
.facts{font-size:12.5px;color:var(--dim);margin-top:6px}
.picture{display:block;width:100%;height:auto;margin-top:auto;padding-top:10px;overflow:visible}
.picture text{font-size:11px;fill:var(--dim)}
.card header>.kind{font-size:12.5px;margin-top:6px}
.picture text.name,.picture text.value{fill:var(--ink)}
.now{fill:var(--now)}
.card.drift .now{fill:var(--drift-bar)}
.side{fill:var(--side)}
.then{fill:none;stroke:var(--then);stroke-width:1.5;stroke-linejoin:miter}
.base{stroke:var(--dim);stroke-width:1;fill:none}
.grid{stroke:var(--line);stroke-width:1;fill:none}
.tick{stroke:var(--dim);stroke-width:1}
.hit{fill:transparent}
g:hover>.hit{fill:var(--soft)}
.pairs div{display:grid;grid-template-columns:minmax(110px,210px) 1fr;gap:0 16px;padding:3px 0;font-size:14px}
.pairs dt{color:var(--dim)}
.note+.legend{margin:8px 0}
.timeline th,.timeline td{padding:2px 10px 2px 0;font-size:13px;white-space:nowrap;border:0;vertical-align:middle}
.timeline .picture{min-width:420px;padding:0;margin:0}.timeline td:nth-child(2){width:70%}
.still{fill:var(--steady-back);background:var(--steady-back)}.above{fill:var(--above);background:var(--above)}
.far{fill:var(--drift-bar);background:var(--drift-bar)}.farthest{fill:var(--drift);background:var(--drift)}
.blind{fill:var(--side);background:var(--side);opacity:.55}.absent{fill:var(--soft);background:var(--soft)}
.guide{padding-left:18px}
.guide li{margin:3px 0}
summary{cursor:pointer;color:var(--dim);font-size:14px;margin:16px 0 8px}
@media (max-width:600px){main,.top{padding-left:12px;padding-right:12px}.model,.panel,.models{padding:16px 14px}
h2{font-size:20px}.verdict{font-size:16px}.facts-grid{grid-template-columns:1fr 1fr;gap:12px 16px}
.pairs div{grid-template-columns:1fr}.models th,.models td{display:block;border:0;padding:1px 0}.models tr{display:block;
border-top:1px solid var(--line);padding:8px 0}.cards.large .picture text{font-size:13px}}
@media print{:root{--canvas:#fff;--panel:#fff;--ink:#000;--dim:#444}body{font-size:11pt}.model,.panel{border:0;padding:0}
.skip,.top nav{display:none}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
""")
