import { escaped, paper } from "../eval/markup.ts";
import type { Block, Chapter } from "./blocks.ts";

/**
 * The guide as one page to be printed: every chapter on a new sheet, the drawings inside it, nothing to be fetched.
 * @param svgOf the text of a drawing of docs/pictures.
 */
export const printableOf = (
  title: string,
  lead: string,
  chapters: readonly Chapter[],
  svgOf: (file: string) => string,
): string =>
  paper(
    title,
    style,
    `<p class="mark">Lintel</p>
<h1>${escaped(title)}</h1>
<p class="lead">${inline(lead)}</p>
<ol class="contents">${chapters.map((chapter, nth) => `<li><a href="#c${nth + 1}">${escaped(chapter.title)}</a></li>`).join("")}</ol>`,
    chapters.map((chapter, nth) => chapterOf(chapter, nth, svgOf)).join("\n"),
  );

const chapterOf = ({ title, blocks }: Chapter, nth: number, svgOf: (file: string) => string): string =>
  `<section id="c${nth + 1}"><h2><span>${nth + 1}</span> ${escaped(title)}</h2>\n${blocks.map((block) => blockOf(block, svgOf)).join("\n")}\n</section>`;

function blockOf(block: Block, svgOf: (file: string) => string): string {
  switch (block.is) {
    case "text":
      return `<p>${inline(block.text)}</p>`;
    case "care":
      return `<p class="care"><b>Take care.</b> ${inline(block.text)}</p>`;
    case "heading":
      return `<h3>${inline(block.text)}</h3>`;
    case "steps":
      return `<ol>${items(block.items)}</ol>`;
    case "points":
      return `<ul>${items(block.items)}</ul>`;
    case "ticks":
      return `<ul class="ticks">${items(block.items)}</ul>`;
    case "typed":
      return `<pre>${block.lines.map(escaped).join("\n")}</pre>`;
    case "table": {
      const head = block.heads.map((cell) => `<th scope="col">${inline(cell)}</th>`).join("");
      const rows = block.rows.map((cells) => `<tr>${cells.map((cell) => `<td>${inline(cell)}</td>`).join("")}</tr>`);
      return `<table class="of${block.heads.length}"><thead><tr>${head}</tr></thead><tbody>${rows.join("\n")}</tbody></table>`;
    }
    case "drawing":
      return `<figure>${svgOf(block.file)}<figcaption>${inline(block.says)}</figcaption></figure>`;
  }
}

const items = (all: readonly string[]): string => all.map((item) => `<li>${inline(item)}</li>`).join("");

/** A long code or path may break after its joints, and nowhere else. */
const inline = (text: string): string =>
  escaped(text)
    .replace(/\*\*(.+?)\*\*/g, "<b>$1</b>")
    .replace(/`(.+?)`/g, (_, code: string) => `<code>${code.replaceAll(/([/=])(?=\w)/g, "$1<wbr>")}</code>`);

const style = `
:root{--paper:#F5F1E8;--ink:#16211C;--quiet:#5C665F;--line:#D9D2C2;--yes:#0B5D43;--care:#8A4B00}
*{box-sizing:border-box}
html{background:var(--paper);color:var(--ink);font:17px/1.5 "Inter Variable",Inter,system-ui,"Noto Sans","DejaVu Sans",sans-serif;font-variant-numeric:tabular-nums;-webkit-print-color-adjust:exact;print-color-adjust:exact}
body{margin:0}
main{max-width:900px;margin:0 auto;padding:56px 40px 72px}
h1,h2{font-family:"Fraunces Variable",Fraunces,Georgia,"Noto Serif","DejaVu Serif",serif;font-weight:560;letter-spacing:-.012em}
h1{font-size:54px;line-height:1.1;margin:0 0 20px;text-wrap:balance}
h2{font-size:32px;line-height:1.2;margin:0 0 18px;padding-top:34px;border-top:3px solid var(--ink)}
h2 span{color:var(--yes)}
h3{font-size:19px;line-height:1.3;margin:26px 0 8px;break-after:avoid}
.mark{margin:0 0 22px;font-weight:650}
.lead{font-size:20px;color:var(--quiet);margin:0 0 22px}
.contents a{color:inherit}
section{padding:0 0 30px}
p{margin:0 0 13px}
ul,ol{margin:0 0 16px;padding-left:1.5em}
li{margin:0 0 6px}
.ticks{list-style:none;padding-left:0}
.ticks li{padding-left:1.9em;position:relative}
.ticks li::before{content:"";position:absolute;left:0;top:.28em;width:.95em;height:.95em;border:1.5px solid var(--ink);border-radius:2px}
.care{border-left:5px solid var(--care);padding:8px 0 8px 16px}
.care b{color:var(--care)}
code,pre{font-family:"DejaVu Sans Mono","Noto Sans Mono",monospace;font-size:.86em}
pre{border:1px solid var(--line);background:#fff;padding:12px 16px;white-space:pre-wrap;overflow-wrap:anywhere;margin:0 0 16px}
table{border-collapse:collapse;width:100%;margin:4px 0 20px;font-size:15px}
th,td{text-align:left;padding:7px 14px 7px 0;border-bottom:1px solid var(--line);vertical-align:top}
thead th{border-bottom:2px solid var(--ink)}
.of3 th:first-child{width:24%}.of3 th:nth-child(2){width:33%}
td:first-child code{overflow-wrap:anywhere}
figure{margin:8px 0 20px}
svg{display:block;width:100%;height:auto;max-height:640px}
figcaption{color:var(--quiet);font-size:15px;margin-top:6px}
@media print{html{font-size:11.5px;background:#fff}main{padding:0;max-width:none}h1{font-size:34px;margin-top:60px}h2{font-size:22px;padding-top:12px}h3{font-size:14px}.lead{font-size:15px}table{font-size:10.5px}figcaption{font-size:10.5px}svg{max-height:120mm}section{break-before:page}li,tr,figure,pre,.care{break-inside:avoid}thead{display:table-header-group}@page{size:A4;margin:16mm 15mm 18mm;@bottom-right{content:counter(page);font:10px sans-serif;color:#5C665F}}}
`;
