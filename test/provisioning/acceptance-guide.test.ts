import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
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
