import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import type { MusterCard } from "../../kiosk/core/desk.ts";
import { musterAnswer, notedAnswer } from "../../kiosk/desk/messages.ts";
import { askDesk } from "../desk-client.ts";
import { print, printJson } from "./print.ts";

interface MusterFlags {
  readonly state: string;
  readonly json?: boolean;
  readonly html?: string;
}

export function addMuster(program: Command): void {
  program
    .command("muster")
    .summary("everybody on site, to be read aloud or printed")
    .description("Works without any network: the running clock knows it from its own journal. Names stand in full.")
    .option("--state <dir>", "state folder of the clock", "state")
    .option("--html <file>", "write a page to print")
    .option("--json", "print the list for a program")
    .action(async ({ state: directory, json, html }: MusterFlags) => {
      const card = await askDesk({ directory, request: { ask: "muster" }, answer: musterAnswer });
      if (json) printJson(card);
      else if (html === undefined) print(linesOf(card));
      else {
        await writeFile(html, pageOf(card), { mode: 0o600 });
        print(`${card.lines.length} on site: ${html}`);
      }
    });

  const alert = program
    .command("alert")
    .summary("raise an emergency at the clock, or end it")
    .argument("<act>", "raise or clear")
    .option("--state <dir>", "state folder of the clock", "state")
    .action(async (word: string, { state: directory }: { state: string }) => {
      if (word !== "raise" && word !== "clear") return alert.error("raise or clear", { exitCode: 2 });
      const act = word === "raise" ? "raised" : "cleared";
      await askDesk({ directory, request: { ask: "alert", act }, answer: notedAnswer });
      print(act === "raised" ? "The wall shows the emergency." : "The emergency is over.");
    });
}

const detailOf = ({ who, sinceLocal, loc, isDoubtful }: MusterCard["lines"][number]): string =>
  [
    ...(who === "visitor" ? ["visitor"] : []),
    sinceLocal === null ? "since when is not sure" : `since ${sinceLocal.slice(11, 16)}`,
    loc,
    ...(isDoubtful ? ["may have left"] : []),
  ].join(", ");

const linesOf = (card: MusterCard): string =>
  [...card.lines.map((line) => `[ ] ${line.name}  (${detailOf(line)})`), `${card.lines.length} on site`].join("\n");

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (letter) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[letter] ?? letter);

const pageOf = (card: MusterCard): string => `<!doctype html>
<html><head><meta charset="utf-8"><title>On site</title>
<style>body{font:16pt sans-serif}li{list-style:none;margin:.4em 0;break-inside:avoid}small{color:#444}</style></head>
<body><h1>On site: ${card.lines.length}</h1><p>${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC</p><ul>
${card.lines.map((line) => `<li>&#9744; <b>${escaped(line.name)}</b> <small>${escaped(detailOf(line))}</small></li>`).join("\n")}
</ul></body></html>
`;
