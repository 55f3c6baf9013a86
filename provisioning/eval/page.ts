import { escaped, paper, table } from "./markup.ts";
import type { FacesResult, LivenessResult } from "./result.ts";

/** A report on paper; no picture of anybody is on it. */
export const page = (title: string, headline: string, lead: string, sections: readonly string[]): string =>
  paper(
    title,
    style,
    `<p class="mark">Lintel <span>${escaped(title)}</span></p>
<h1>${escaped(headline)}</h1>
<p class="lead">${escaped(lead)}</p>`,
    sections.join("\n"),
  );

export const section = (title: string, ...parts: readonly string[]): string =>
  `<section><h2>${escaped(title)}</h2>${parts.join("")}</section>`;

export const paragraph = (text: string): string => `<p>${escaped(text)}</p>`;

export const figure = (caption: string, drawing: string): string =>
  `<figure>${drawing}<figcaption>${escaped(caption)}</figcaption></figure>`;

export const pair = (...figures: readonly string[]): string => `<div class="pair">${figures.join("")}</div>`;

/** The few numbers that matter, large. */
export const keys = (
  items: readonly { readonly value: string; readonly what: string; readonly note: string }[],
): string =>
  `<dl class="keys">${items
    .map(
      ({ value, what, note }) =>
        `<div><dt>${escaped(what)}</dt><dd>${escaped(value)}<small>${escaped(note)}</small></dd></div>`,
    )
    .join("")}</dl>`;

/** Who measured what with what: without it a figure is a rumour. */
export function provenance({ measuredAt, release, node, models, spaceId }: FacesResult | LivenessResult): string {
  const rows = [...models];
  return section(
    "What was measured",
    paragraph(`Lintel ${release} on Node ${node}, ${measuredAt.slice(0, 10)}. Templates of the space ${spaceId}.`),
    table(
      "The models, by the SHA-256 of their files",
      [
        { title: "Kind", cell: ({ kind }) => kind },
        { title: "File", cell: ({ file }) => file },
        { title: "SHA-256 begins", cell: ({ sha256 }) => sha256.slice(0, 16) },
      ],
      rows,
    ),
  );
}

const style = `
:root{--paper:#F5F1E8;--ink:#16211C;--quiet:#5C665F;--line:#D9D2C2;--yes:#0B5D43;--care:#8A4B00}
*{box-sizing:border-box}
html{background:var(--paper);color:var(--ink);font:17px/1.5 "Inter Variable",Inter,system-ui,"Noto Sans","DejaVu Sans",sans-serif;font-variant-numeric:tabular-nums;-webkit-print-color-adjust:exact;print-color-adjust:exact}
body{margin:0}
main{max-width:1200px;margin:0 auto;padding:56px 40px 72px}
header{border-bottom:3px solid var(--ink);padding-bottom:28px;margin-bottom:12px}
.mark{margin:0 0 22px;font-weight:650;letter-spacing:.01em}
.mark span{color:var(--quiet);font-weight:450;margin-left:.6em}
h1,h2,.keys dd{font-family:"Fraunces Variable",Fraunces,Georgia,"Noto Serif","DejaVu Serif",serif;font-weight:560;letter-spacing:-.012em}
h1{font-size:46px;line-height:1.13;margin:0 0 18px;max-width:25em;text-wrap:balance}
h2{font-size:28px;line-height:1.2;margin:0 0 14px}
.lead{font-size:20px;color:var(--quiet);margin:0;max-width:48em}
section{padding:30px 0 8px;border-bottom:1px solid var(--line)}
section:last-child{border-bottom:0}
p,li{max-width:50em}
p{margin:0 0 14px}
ul{margin:0 0 18px;padding-left:1.2em}
li{margin:0 0 7px}
.keys{display:grid;grid-template-columns:repeat(auto-fit,minmax(220px,1fr));gap:0 28px;margin:26px 0 8px}
.keys div{border-top:3px solid var(--yes);padding:12px 0 14px}
.keys dt{color:var(--quiet)}
.keys dd{margin:2px 0 0;font-size:44px;line-height:1.12}
.keys small{display:block;font:15px/1.4 "Inter Variable",Inter,system-ui,"Noto Sans","DejaVu Sans",sans-serif;letter-spacing:0;color:var(--quiet);margin-top:6px}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,460px),1fr));gap:28px}
figure{margin:6px 0 20px;min-width:0}
figcaption{color:var(--quiet);font-size:15px;max-width:50em}
svg{display:block;width:100%;height:auto}
svg text{font-size:13.5px;fill:var(--ink)}
svg .label{fill:var(--quiet);font-size:14.5px}
svg .note{font-size:12.5px;fill:var(--ink)}
svg .name{font-size:15px;font-weight:600}
svg .grid{stroke:var(--line)}
.key{display:inline-flex;flex-wrap:wrap;gap:4px 22px;list-style:none;margin:0 0 10px;padding:0}
.key li{display:flex;align-items:center;gap:9px;margin:0}
.key svg{width:44px;flex:none}
table{border-collapse:collapse;width:100%;margin:4px 0 20px;font-size:15.5px}
caption{text-align:left;color:var(--quiet);padding-bottom:8px}
th,td{text-align:left;padding:8px 18px 8px 0;border-bottom:1px solid var(--line);vertical-align:top}
th:last-child,td:last-child{padding-right:0}
thead th{border-bottom:2px solid var(--ink);font-weight:600;vertical-align:bottom}
tbody th{font-weight:500}
.number{text-align:right}
@media screen and (max-width:760px){main{padding:28px 18px 40px}h1{font-size:32px}table{display:block;overflow-x:auto}}
@media print{html{font-size:12.5px;background:#fff}main{padding:0;max-width:none}h1{font-size:30px}h2{font-size:19px}.lead{font-size:15px}table,figcaption{font-size:11px}th,td{padding:5px 12px 5px 0}.keys dd{font-size:28px}.keys small{font-size:11px}section,figure,table{break-inside:avoid}.pair{grid-template-columns:1fr 1fr}@page{margin:16mm}}
`;
