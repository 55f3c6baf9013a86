/** As much of Markdown as these pages use: headings, tables, lists, bold, code. */
export function htmlOf(markdown: string, title: string): string {
  const out: string[] = [];
  let list: "ul" | "ol" | "table" | null = null;
  const into = (kind: typeof list): void => {
    if (list === kind) return;
    if (list !== null) out.push(`</${list}>`);
    if (kind !== null) out.push(`<${kind}>`);
    list = kind;
  };
  for (const line of markdown.split("\n")) {
    const heading = /^(#{1,3}) (.*)$/.exec(line);
    if (heading !== null) {
      into(null);
      const level = heading[1]?.length ?? 1;
      out.push(`<h${level}>${inline(heading[2] ?? "")}</h${level}>`);
    } else if (/^\|[-|]+\|$/.test(line)) {
      // Under the heads of a table.
    } else if (line.startsWith("|")) {
      const tag = list === "table" ? "td" : "th";
      into("table");
      const cells = line.slice(1, -1).split(/(?<!\\)\|/);
      out.push(`<tr>${cells.map((cell) => `<${tag}>${inline(cell.trim())}</${tag}>`).join("")}</tr>`);
    } else if (line.startsWith("- ")) {
      into("ul");
      out.push(`<li>${inline(line.slice(2))}</li>`);
    } else if (/^\d+\. /.test(line)) {
      into("ol");
      out.push(`<li>${inline(line.replace(/^\d+\. /, ""))}</li>`);
    } else {
      into(null);
      if (line !== "") out.push(`<p>${inline(line)}</p>`);
    }
  }
  into(null);
  const style =
    "body{font:11pt/1.45 sans-serif;max-width:60em;margin:2em auto}td,th{border:1px solid #999;padding:.3em .5em;text-align:start}table{border-collapse:collapse}";
  return `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${inline(title)}</title><style>${style}</style></head>\n<body>\n${out.join("\n")}\n</body></html>\n`;
}

const inline = (text: string): string =>
  text
    .replaceAll("\\|", "|")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/\*\*(.+?)\*\*/g, "<b>$1</b>")
    .replace(/`(.+?)`/g, "<code>$1</code>");
