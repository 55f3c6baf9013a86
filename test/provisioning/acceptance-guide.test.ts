import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { expect, test } from "vitest";
import { configSchema, kebab } from "../../kiosk/config.ts";
import { codeGroups, meanings } from "../../provisioning/field-guide/codes.ts";
import { printableGuide, wantedGuide, writtenGuide } from "../../provisioning/field-guide.ts";

/** The field guide says what the code says. */

/** Every code as the source has it: the type alone does not exist any more when a test runs. */
function faultCodes(): readonly string[] {
  const source = readFileSync("kiosk/core/fault.ts", "utf8");
  const union = source.slice(source.indexOf("export type FaultCode"), source.indexOf("/** An expected failure"));
  return [...union.matchAll(/\| "([a-z-]+)"/g)].map(([, code = ""]) => code);
}

test("docs/field-guide.md is as `node provisioning/field-guide.ts` writes it", async () => {
  expect(await writtenGuide()).toBe(wantedGuide());
});

test("every code that there is stands in the guide once, with what it means and what to do", () => {
  const codes = faultCodes();
  expect(codes.length).toBeGreaterThan(90);
  expect(Object.keys(meanings).toSorted()).toEqual([...codes].toSorted());
  const told = codeGroups.flatMap(({ codes: group }) => Object.keys(group));
  expect(new Set(told).size).toBe(told.length);
  for (const code of codes) expect(told, code).toContain(code);
  const guide = wantedGuide();
  for (const code of told) expect(guide, code).toContain(`| \`${code}\` |`);
});

test("what the screen of a clock that does not run can say is in the guide as well", () => {
  const script = readFileSync("provisioning/screen/out-of-order.sh", "utf8");
  const said = [...script.matchAll(/echo (bug|hang|"exit-\$status"|"signal-\$status")/g)].map(([, code = ""]) => code);
  expect(said.length).toBeGreaterThanOrEqual(4);
  const guide = wantedGuide();
  for (const code of said) expect(guide).toContain(code.replaceAll('"', "").replace("$status", "N"));
});

test("the printed guide is one file: its drawings are in it, and nothing has to be fetched", () => {
  const page = printableGuide();
  expect(page.match(/<svg /g)).toHaveLength(3);
  expect(page).not.toMatch(/<(img|script|link)|url\(|src=/);
  for (const code of faultCodes()) expect(page).toContain(`<code>${code}</code>`);
});

/** Every command that there is, as cli.ts has them. */
async function wholeProgram(): Promise<Command> {
  const program = new Command("lintel");
  const folder = join(import.meta.dirname, "../../provisioning/commands");
  for (const file of readdirSync(folder)) {
    const exported: Record<string, unknown> = await import(join(folder, file));
    for (const [name, add] of Object.entries(exported)) {
      if (/^add[A-Z]/.test(name) && typeof add === "function" && add.length === 1) add(program);
    }
  }
  return program;
}

/** What is typed in the guide, word by word. */
const typedIn = (guide: string): readonly (readonly string[])[] =>
  [...guide.matchAll(/(?:`|^)(?:sudo (?:-u lintel )?)?lintel ([a-z][^`\n]*)/gm)].map(([, line = ""]) =>
    line.split(" "),
  );

test("every command that the guide has somebody type exists, with every option of it", async () => {
  const program = await wholeProgram();
  const settings = ["config", ...Object.keys(configSchema.shape).map(kebab)];
  const lines = typedIn(wantedGuide());
  expect(lines.length).toBeGreaterThan(25);
  for (const words of lines) {
    const line = words.join(" ");
    const [first = "", ...rest] = words;
    const command = program.commands.find((one) => one.name() === first);
    if (command === undefined) throw new Error(`there is no \`lintel ${first}\`: ${line}`);
    const [second = ""] = rest;
    const under = command.commands.find((one) => one.name() === second);
    // A word behind it is another command, or what it takes.
    const isTaken = second === "" || second.startsWith("-") || command.registeredArguments.length > 0;
    expect(under !== undefined || isTaken, `${line}: ${second}`).toBe(true);
    const { options } = under ?? command;
    for (const [, flag = ""] of line.matchAll(/ --([a-z-]+)/g)) {
      const isOwn = options.some(({ long }) => long === `--${flag}` || long === `--no-${flag}`);
      // Some take the settings of the clock as well.
      expect(isOwn || settings.includes(flag), `${line}: --${flag}`).toBe(true);
    }
  }
});
