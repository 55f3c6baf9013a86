import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { luWords } from "../../kiosk/uplink/contract/codes.ts";
import { eventOfOwn, wrap } from "../../kiosk/uplink/contract/envelope.ts";
import { ops } from "../../kiosk/uplink/contract/orders.ts";
import { profiles } from "../../kiosk/uplink/contract/profiles.ts";
import { recordData } from "../../kiosk/uplink/contract/wire.ts";
import { ownCases, readCases } from "../../provisioning/conform/cases.ts";
import { inputs } from "../../provisioning/conform/inputs.ts";

test("the example in docs/uplink.md verifies the published vectors and refuses a changed outside", () => {
  const vectors = JSON.parse(readFileSync(new URL("../fixtures/uplink-vectors.json", import.meta.url), "utf8"));
  const docs = readFileSync(new URL("../../docs/uplink.md", import.meta.url), "utf8");
  const example = /```js\n(.*?)```/s.exec(docs)?.[1];
  if (example === undefined) throw new Error("docs/uplink.md has no example");
  // Beside this test, so that it finds jose as a reader's project would.
  const file = new URL(`./example-${process.pid}.mjs`, import.meta.url);
  const run = (messages: readonly string[]): unknown => {
    const input = JSON.stringify({ messages, jwk: vectors.jwk, kid: vectors.kid });
    return JSON.parse(execFileSync(process.execPath, [file.pathname], { input, encoding: "utf8" }));
  };
  writeFileSync(
    file,
    `${example}
    const { messages, jwk, kid } = JSON.parse((await import("node:fs")).readFileSync(0, "utf8"));
    const results = messages.map((message) => verifyRecord(message, jwk, kid).then((r) => r.recordHash, (e) => e.message));
    console.log(JSON.stringify(await Promise.all(results)));`,
  );
  try {
    const records: readonly { jws: string; recordHash: string }[] = vectors.records;
    const messages = records.map(({ jws }) => Buffer.from(wrap(jws, eventOfOwn(jws))).toString());
    expect(run(messages)).toEqual(records.map(({ recordHash }) => recordHash));
    expect(run([String(messages[1]).replace('"seq":1', '"seq":2')])).toEqual(["LU-1005 seq"]);
  } finally {
    rmSync(file);
  }
});

const page = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8");
const uplink = page("uplink.md");

/** Rows of the table under a heading, or of the first with such a column. */
const rowsFrom = (start: string): readonly (readonly string[])[] => {
  const lines = uplink.slice(uplink.indexOf(start)).split("\n");
  const begin = lines.findIndex((line) => line.startsWith("| ---")) + 1;
  const length = lines.slice(begin).findIndex((line) => !line.startsWith("|"));
  return lines
    .slice(begin, begin + length)
    .map((line) => line.split(" | ").map((cell) => cell.replaceAll(/^\| | \|$/g, "")));
};

test("the error table is the one that the code has, word for word", () => {
  expect(Object.fromEntries(rowsFrom("## Error numbers"))).toEqual(luWords);
});

test("every type of record, every command with its roles, and every profile with its figures is on the page", () => {
  const types = rowsFrom("| `dev.lintel.….v1`").map(([type]) => `dev.lintel.${type?.replaceAll("`", "")}.v1`);
  expect(types.toSorted()).toEqual(Object.keys(recordData).toSorted());

  const told = rowsFrom("| Role | `op` |").flatMap(([roles = "", names = ""]) => {
    const roleList = [...roles.matchAll(/`(cmd:\w+)`/g)].map(([, role]) => role);
    const opList = [...names.matchAll(/`([a-z.]+)`/g)].map(([, op]) => op);
    // "a, b | x, y" says it of both; "a and b" asks for both.
    return opList.map((op, at) => [op, roles.includes(",") ? [roleList[at]] : roleList]);
  });
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(ops));

  const figures = rowsFrom("| Profile | For |").map(([name = "", , mqtt, retain, will = "", rate, keepalive = ""]) => ({
    name: name.replaceAll("`", ""),
    mqtt: mqtt === "4" ? [4] : [5, 4],
    retain: retain === "yes",
    willDelayMaxS: will === "none" ? null : Number.parseInt(will, 10),
    publishesPerS: Number(rate),
    keepaliveMaxS: keepalive === "any" ? null : Number.parseInt(keepalive, 10),
  }));
  const ours = Object.entries(profiles).map(
    ([name, { mqtt, retain, willDelayMaxS, publishesPerS, keepaliveMaxS }]) => ({
      name,
      mqtt,
      retain,
      willDelayMaxS,
      publishesPerS,
      keepaliveMaxS,
    }),
  );
  expect(figures).toEqual(ours);
});

test("the pages count the cases right and name every kind of them", () => {
  expect(uplink).toContain(`${readCases(ownCases).length} of them`);
  const conformance = page("uplink/conformance.md");
  for (const kind of Object.keys(inputs)) expect(conformance).toContain(`| \`${kind}\` |`);
});
