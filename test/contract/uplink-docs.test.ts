import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { eventOfOwn, wrap } from "../../kiosk/uplink/contract/envelope.ts";

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
