import type { Block, Chapter } from "./blocks.ts";

/** The guide as docs/field-guide.md. */
export const markdownOf = (title: string, lead: string, chapters: readonly Chapter[]): string =>
  `${[
    `# ${title}`,
    lead,
    "To print it: `npm run -s lintel -- field-guide --html guide.html`. This file is written by `node provisioning/field-guide.ts`.",
    chapters.map((chapter, nth) => `${nth + 1}. [${chapter.title}](#${anchorOf(chapter.title, nth)})`).join("\n"),
    ...chapters.flatMap((chapter, nth) => [`## ${nth + 1}. ${chapter.title}`, ...chapter.blocks.map(blockOf)]),
  ].join("\n\n")}\n`;

/** As the usual readers of Markdown name a heading. */
const anchorOf = (title: string, nth: number): string =>
  `${nth + 1}-${title
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, "")
    .replaceAll(" ", "-")}`;

function blockOf(block: Block): string {
  switch (block.is) {
    case "text":
      return block.text;
    case "care":
      return `> **Take care.** ${block.text}`;
    case "heading":
      return `### ${block.text}`;
    case "steps":
      return block.items.map((item, nth) => `${nth + 1}. ${item}`).join("\n");
    case "points":
      return block.items.map((item) => `- ${item}`).join("\n");
    case "ticks":
      return block.items.map((item) => `- [ ] ${item}`).join("\n");
    case "typed":
      return ["```sh", ...block.lines, "```"].join("\n");
    case "table":
      return [row(block.heads), `|${"---|".repeat(block.heads.length)}`, ...block.rows.map(row)].join("\n");
    case "drawing":
      return `![${block.says}](pictures/${block.file})`;
  }
}

const row = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
