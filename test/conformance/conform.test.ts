import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { wrap } from "../../kiosk/uplink/contract/envelope.ts";
import { ownCases, readCases } from "../../provisioning/conform/cases.ts";
import { runConformance } from "../../provisioning/conform/run.ts";
import { caseFiles } from "./make/all.ts";
import { deviceKey, tokenOf, vectors } from "./make/kit.ts";
import { readCases as readFile, sameCases } from "./read.ts";

const cases = readCases(ownCases);
const self = [process.execPath, join(import.meta.dirname, "../../provisioning/conform/self.ts")];
const cli = join(import.meta.dirname, "../../provisioning/cli.ts");
const folder = mkdtempSync(join(tmpdir(), "lintel-conform-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A verifier that misbehaves. */
function program(source: string): readonly string[] {
  const file = join(folder, `${Math.random()}.mjs`);
  writeFileSync(file, source);
  return [process.execPath, file];
}

function lintel(...args: readonly string[]): Promise<{ readonly out: string; readonly code: number }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...args], { maxBuffer: 64 * 1024 * 1024 }, (error, out, err) =>
      resolve({ out: out + err, code: error === null ? 0 : Number(error.code) }),
    );
  });
}

const failedOf = async (command: readonly string[], quietMs = 20_000) => {
  const { outcomes, troubles } = await runConformance(cases, command, quietMs);
  return { failed: outcomes.filter(({ passed }) => !passed).length, troubles: troubles.join(" ") };
};

describe("the cases", () => {
  test.each(Object.entries(caseFiles))("%s.json is what its maker makes", (name, made) => {
    const stale = !sameCases(readFile(join(ownCases, `${name}.json`)), made);
    expect(stale, "stale: run node test/conformance/write.ts").toBe(false);
  });

  test("are many, each named once, of good and of bad", () => {
    expect(cases.length).toBeGreaterThanOrEqual(120);
    expect(new Set(cases.map(({ kind, name }) => `${kind}: ${name}`)).size).toBe(cases.length);
    const codes = new Set(cases.flatMap(({ expect: wanted }) => ("code" in wanted ? [wanted.code] : [])));
    const wanted = [
      1001, 1002, 1003, 1004, 1005, 1006, 1007, 2002, 2004, 3001, 3002, 3003, 3004, 3005, 4001, 4002, 4003, 4004,
    ];
    expect([...codes].sort((a, b) => a - b)).toEqual(wanted);
  });
});

test("the published vectors come out byte for byte: tokens, hashes, and sizes on the wire", () => {
  for (const { payload, jws } of vectors.records) {
    const made = tokenOf(vectors.header, payload, deviceKey);
    expect(made).toBe(jws);
    const wire = wrap(made, JSON.parse(payload));
    expect(cases.some(({ input }) => JSON.stringify(input).includes(Buffer.from(wire).toString("base64")))).toBe(
      jws !== vectors.records[2]?.jws,
    );
  }
});

test("our own verifier passes all of them", async () => {
  const { outcomes, troubles } = await runConformance(cases, self, 20_000);
  expect(outcomes.filter(({ passed }) => !passed).map(({ one, got }) => ({ name: one.name, got }))).toEqual([]);
  expect(troubles).toEqual([]);
});

test("the command says how many passed, names what failed in words, and ends accordingly", async () => {
  const good = await lintel("conform", "--", ...self);
  expect(good.out).toContain(`${cases.length} passed, 0 failed`);
  expect(good.code).toBe(0);
  const yes = program(`
    import { createInterface } from "node:readline";
    for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify({ id: JSON.parse(line).id, ok: {} }));
  `);
  const bad = await lintel("conform", "--only", "inclusion", "--", ...yes);
  const inclusions = cases.filter(({ kind }) => kind === "inclusion");
  const right = inclusions.filter(({ expect: wanted }) => "ok" in wanted).length;
  expect(bad.out).toContain(`${right} passed, ${inclusions.length - right} failed`);
  expect(bad.out).toContain("another record at its place");
  expect(bad.out).toContain("LU-2002");
  expect(bad.code).toBe(1);
  expect((await lintel("conform", "--", join(folder, "nothing"))).code).toBe(2);
  expect((await lintel("conform", "--cases", folder, "--", ...yes)).code).toBe(2);
});

describe("a program that misbehaves fails and never holds up the run", () => {
  test("it hangs", async () => {
    const startedMs = performance.now();
    const { failed, troubles } = await failedOf(program("setInterval(() => {}, 1000);"), 1_000);
    expect(failed).toBe(cases.length);
    expect(troubles).toContain("said nothing for 1 s");
    expect(performance.now() - startedMs).toBeLessThan(20_000);
  });

  test("it hangs together with what it started", async () => {
    const { failed } = await failedOf(
      program('import { spawn } from "node:child_process"; spawn("sleep", ["300"], { stdio: "inherit" });'),
      1_000,
    );
    expect(failed).toBe(cases.length);
  });

  test("it crashes half way", async () => {
    const { failed, troubles } = await failedOf(
      program(`
        import { createInterface } from "node:readline";
        let count = 0;
        for await (const line of createInterface({ input: process.stdin })) {
          if ((count += 1) > 10) { process.stderr.write("out of ideas"); process.exit(9); }
          console.log(JSON.stringify({ id: JSON.parse(line).id, code: 1001 }));
        }
      `),
    );
    expect(failed).toBeGreaterThan(cases.length - 11);
    expect(troubles).toContain("exit code 9");
    expect(troubles).toContain("out of ideas");
  });

  test("it ends before it reads", async () => {
    expect((await failedOf(program("process.exit(0);"))).failed).toBe(cases.length);
  });

  test("it prints garbage", async () => {
    const { failed, troubles } = await failedOf(
      program(`
        process.stdout.write("hello\\n\\n{\\n[]\\nnull\\n{\\"id\\":0}\\n{\\"id\\":\\"1\\"}\\n{\\"id\\":99999}\\n\\u0000\\xff");
        process.stdin.resume();
      `),
    );
    expect(failed).toBe(cases.length);
    expect(troubles).toContain("no verdict");
    expect(troubles).toContain("no case");
  });

  test("it never ends a line", async () => {
    const { failed, troubles } = await failedOf(
      program(
        'process.stdin.resume(); for (;;) await new Promise((go) => process.stdout.write("x".repeat(65536), go));',
      ),
    );
    expect(failed).toBe(cases.length);
    expect(troubles).toContain("line longer");
  });

  test("it says two things about one case", async () => {
    const { outcomes } = await runConformance(
      cases.slice(0, 1),
      program('process.stdin.resume(); console.log(`{"id":1,"ok":{}}`); console.log(`{"id":1,"code":1001}`);'),
      20_000,
    );
    expect(outcomes.map(({ passed }) => passed)).toEqual([false]);
  });

  test("it answers all at the end, in another order", async () => {
    const answers = Object.fromEntries(cases.map(({ id, expect: wanted }) => [id, wanted]));
    const file = join(folder, "answers.json");
    writeFileSync(file, JSON.stringify(answers));
    const { failed } = await failedOf(
      program(`
        import { readFileSync } from "node:fs";
        import { text } from "node:stream/consumers";
        const answers = JSON.parse(readFileSync(${JSON.stringify(file)}, "utf8"));
        const lines = (await text(process.stdin)).trim().split("\\n");
        console.log(lines.reverse().map((line) => JSON.stringify({ id: JSON.parse(line).id, ...answers[JSON.parse(line).id] })).join("\\n"));
      `),
    );
    expect(failed).toBe(0);
  });
});
