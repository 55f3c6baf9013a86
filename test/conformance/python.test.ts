import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type ConformanceCase, ownCases, readCases } from "../../provisioning/conform/cases.ts";
import { runConformance } from "../../provisioning/conform/run.ts";
import { deviceKey, headerOf, keys, outerOf, text, text64, tokenOf, vectors } from "./make/kit.ts";

/** Debian's own, with python3-cryptography from `setup.sh --dev`: what a stranger's server has. */
const python = "/usr/bin/python3";
const examples = join(import.meta.dirname, "../../docs/examples");
const receiver = [python, join(examples, "verify.py")];
const everything = [python, join(examples, "verify_more.py")];
const self = [process.execPath, join(import.meta.dirname, "../../provisioning/conform/self.ts")];
const cases = readCases(ownCases);

const failures = async (of: readonly ConformanceCase[], command: readonly string[]) => {
  const { outcomes, troubles } = await runConformance(of, command, 30_000);
  return { wrong: outcomes.filter(({ passed }) => !passed).map(({ one, got }) => ({ name: one.name, got })), troubles };
};

test("the reference verifier is short, and needs nothing but Python and cryptography", () => {
  for (const file of ["verify.py", "verify_more.py"]) {
    const source = readFileSync(join(examples, file), "utf8");
    expect(source.split("\n").length, file).toBeLessThan(300);
    const packages = [...source.matchAll(/^(?:from|import) ([\w.]+(?:, \w+)*)/gm)].flatMap(([, names]) =>
      String(names)
        .split(", ")
        .map((name) => name.split(".")[0]),
    );
    const known = ["cryptography", "verify", "base64", "hashlib", "json", "re", "struct", "sys", "zlib", "datetime"];
    expect(packages.filter((name) => !known.includes(String(name)))).toEqual([]);
  }
  const version = execFileSync(python, ["-c", "import cryptography; print(cryptography.__version__)"], {
    encoding: "utf8",
  });
  expect(Number.parseInt(version, 10)).toBeGreaterThanOrEqual(38);
});

test("L2 L17 verify.py alone passes every case of keys, messages and streams", async () => {
  const own = cases.filter(({ kind }) => ["key", "message", "stream"].includes(kind));
  expect(own.length).toBeGreaterThan(120);
  expect(await failures(own, receiver)).toEqual({ wrong: [], troubles: [] });
});

test("with verify_more.py beside it, it passes every case there is", async () => {
  expect(await failures(cases, everything)).toEqual({ wrong: [], troubles: [] });
});

test("L17 a bug planted into the reference verifier, any one of more than a hundred, is found by some case", () => {
  const output = execFileSync(python, [join(import.meta.dirname, "mutants.py"), examples, ownCases], {
    encoding: "utf8",
    timeout: 300_000,
  });
  const { planted, survived } = JSON.parse(output) as { planted: number; survived: string[] };
  expect(planted).toBeGreaterThan(100);
  // No bug: what is no object has no member `jws` either, and is refused with the same number a line later.
  expect(survived).toEqual(['need(isinstance(outer.get("data"), dict), 1001)']);
}, 300_000);

/** Texts that are nearly what they should be, so that two readers have something to disagree about. */
const punch = vectors.records[1];
if (punch === undefined) throw new Error("no vectors");
const spoil = (whole: string) =>
  fc
    .tuple(
      fc.nat(whole.length),
      fc.nat(6),
      fc.oneof(
        fc.constantFrom(
          ...'{}[]",:\\ 0-1.eE+\u0000\n\t',
          "",
          '"a":1,',
          "null",
          "true",
          "NaN",
          "\\ud800",
          "\\u0041",
          "é",
          "\ufeff",
        ),
        fc.string({ maxLength: 3 }),
      ),
    )
    .map(([at, cut, put]) => whole.slice(0, at) + put + whole.slice(at + cut));
const header = headerOf(deviceKey);
const outer = text(outerOf(punch.jws));
const message = fc.oneof(
  spoil(punch.payload).map((body) => tokenOf(header, body, deviceKey)),
  spoil(header).map((head) => tokenOf(head, punch.payload, deviceKey)),
  spoil(punch.jws),
  spoil(outer),
  spoil(outer).chain(spoil),
  fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.concat([Buffer.from('{"a":"'), bytes])),
  fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.concat([Uint8Array.of(0x1f, 0x8b), bytes])),
  fc.uint8Array({ maxLength: 200 }).map((body) => tokenOf(header, body, deviceKey)),
);

test("on thousands of spoiled messages both verifiers say the same, down to the number", async () => {
  const seed = Date.now() % 2 ** 31;
  const spoiled = fc.sample(message, { numRuns: 4_000, seed }).map(
    (bytes, index): ConformanceCase => ({
      id: index + 1,
      file: "spoiled",
      name: `spoiled ${index} of seed ${seed}`,
      kind: "message",
      input: { channel: "rec", keys, bytes: text64(bytes) },
      expect: { ok: {} },
    }),
  );
  const ours = await runConformance(spoiled, self, 30_000);
  expect(ours.troubles).toEqual([]);
  const expected = ours.outcomes.map(({ one, got }) => ({ ...one, expect: got as ConformanceCase["expect"] }));
  const { outcomes, troubles } = await runConformance(expected, receiver, 30_000);
  expect(troubles).toEqual([]);
  const differing = outcomes
    // What stands in a record's data the schemas say: the reference only asks whether it is there.
    .filter(({ one, got }) => withoutFlaw(one.expect) !== withoutFlaw(got))
    .map(({ one, got }) => ({ name: one.name, ours: one.expect, python: got, message: textOf(one) }));
  expect(differing.slice(0, 5)).toEqual([]);
});

const withoutFlaw = (verdict: unknown): string =>
  JSON.stringify(verdict)
    .replace(',"flaw":1001', "")
    .replaceAll(/[{}[\]]/g, "")
    .split(",")
    .sort()
    .join();

const textOf = ({ input }: ConformanceCase): string => {
  const whole = Buffer.from((input as { bytes: string }).bytes, "base64").toString();
  const body = Buffer.from(whole.split(".")[1] ?? "", "base64url").toString();
  return whole.startsWith("e") ? `${Buffer.from(whole.split(".")[0] ?? "", "base64url")} . ${body}` : whole;
};
