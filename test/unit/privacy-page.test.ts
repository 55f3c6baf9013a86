import { expect, test } from "vitest";
import { wantedPage, writtenPage } from "../../provisioning/privacy-page.ts";
import { privacyPage } from "../../provisioning/promises/page.ts";
import { proofsOf } from "../../provisioning/promises/proofs.ts";

test("docs/privacy.md says what the tests of promises say now: `node provisioning/privacy-page.ts` makes it", async () => {
  expect(await writtenPage()).toBe(await wantedPage());
});

test("a test whose name begins with ids is a proof of them; what was measured stands above it", () => {
  const text = [
    'test("SC-7 P5 an image is gone | after 90 days", () => {});',
    "// measured: 1.2 s",
    'test(\n  "L7 unknown \\"at once\\"",\n  () => {},\n);',
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
  ]);
  const page = privacyPage(proofs, new Map([["P5", "by looking"]]));
  expect(page).toMatch(/^\| L7 .*\| 1\.2 s \|/m);
  expect(page).toContain("an image is gone \\| after 90 days");
});
