/** Text as HTML and SVG may hold it: folder names come from whoever made the folders. A standard's number is not broken. */
export const escaped = (text: string): string =>
  text
    .replaceAll(/(\d{5})-(?=\d)/g, "$1\u2011")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  /** Figures stand at the right, so that their points are below each other. */
  readonly isNumber?: boolean;
}

export function table<Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const css = ({ isNumber }: Column<Row>): string => (isNumber ? ' class="number"' : "");
  const head = columns.map((column) => `<th scope="col"${css(column)}>${escaped(column.title)}</th>`).join("");
  const body = rows.map((row) => {
    const cells = columns.map((column, at) =>
      at === 0
        ? `<th scope="row">${escaped(column.cell(row))}</th>`
        : `<td${css(column)}>${escaped(column.cell(row))}</td>`,
    );
    return `<tr>${cells.join("")}</tr>`;
  });
  return `<table><caption>${escaped(caption)}</caption><thead><tr>${head}</tr></thead><tbody>${body.join("")}</tbody></table>`;
}

export const list = (items: readonly string[]): string =>
  `<ul>${items.map((item) => `<li>${escaped(item)}</li>`).join("")}</ul>`;

/** One file that can be mailed, printed and kept: no script, no link, nothing from anywhere else. */
export const paper = (title: string, style: string, header: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<header>
${header}
</header>
${body}
</main>
</body>
</html>
`;
