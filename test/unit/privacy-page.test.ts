import { join } from "node:path";
import { expect, test } from "vitest";
import { wantedPage, writtenPage } from "../../provisioning/privacy-page.ts";
import { promises } from "../../provisioning/promises/catalogue.ts";
import { limits } from "../../provisioning/promises/limits.ts";
import { privacyPage } from "../../provisioning/promises/page.ts";
import { proofsIn, proofsOf } from "../../provisioning/promises/proofs.ts";

test("docs/privacy.md says what the tests of promises say now: `node provisioning/privacy-page.ts` makes it", async () => {
  expect(await writtenPage()).toBe(await wantedPage());
});

test("a test whose name begins with ids is a proof of them; what was measured stands above it", () => {
  const text = [
    'test("SC-7 P5 an image is gone | after 90 days", () => {});',
    "// measured: 1.2 s",
    'test(\n  "L7 unknown \\"at once\\"",\n  () => {},\n);',
    'describe("a PIN", () => {',
    '  test("AR-9 waits", () => {});',
    "});",
    'test("no id here", () => {});',
  ].join("\n");
  const proofs = proofsOf(text, "test/promises/a.test.ts");
  expect(proofs).toEqual([
    {
      ids: ["SC-7", "P5"],
      behaviour: "an image is gone | after 90 days",
      file: "test/promises/a.test.ts",
      measured: null,
    },
    { ids: ["L7"], behaviour: 'unknown "at once"', file: "test/promises/a.test.ts", measured: "1.2 s" },
    { ids: ["AR-9"], behaviour: "a PIN waits", file: "test/promises/a.test.ts", measured: null },
  ]);
  const page = privacyPage(proofs, new Map([["P5", "by looking"]]));
  expect(page).toMatch(/^\| L7 .*\| 1\.2 s \|/m);
  expect(page).toContain("an image is gone \\| after 90 days");
});

test("every promise has a test, or a sentence that says why not", async () => {
  const proved = new Set((await proofsIn(join(import.meta.dirname, "../.."))).flatMap(({ ids }) => ids));
  expect(promises.filter(({ id }) => !proved.has(id) && limits[id] === undefined)).toEqual([]);
  expect(Object.keys(limits).filter((id) => promises.every((promise) => promise.id !== id))).toEqual([]);
  const denied = Object.entries(limits).flatMap(([id, why]) => (/^Not kept\b/.test(why) ? [id] : []));
  expect(
    denied.filter((id) => proved.has(id)),
    "what has a test is kept at least in part",
  ).toEqual([]);
});
