import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFailed, onTestFinished, test } from "vitest";
import { type KioskProcess, startKioskIn } from "../process/kiosk.ts";
import { sessionOf } from "../process/session.ts";
import { runLintelWith } from "../run-lintel.ts";

/**
 * The whole acceptance at a real clock: a technician with a session of their own, real footage before the real models,
 * badges and a PIN, a cut cable, an attack, and a report that is signed and cannot be changed.
 */

const passphrase = "four words nobody guesses";
const [alexsCard, pin] = ["demo:1001", "8264"];

/** What is typed at each question, after what has to happen before the wall. */
type Script = readonly (readonly [question: RegExp, typed: string, before?: () => Promise<unknown>])[];

function openSite() {
  const folder = mkdtempSync(join(tmpdir(), "lintel-acceptance-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const state = join(folder, "state");
  const file = (name: string): string => join(folder, name);

  /** The technician's command; it is answered as its questions come. */
  const run = async (script: Script, ...args: readonly string[]) => {
    const child = spawn(process.execPath, ["provisioning/cli.ts", ...args], {
      env: { ...process.env, XDG_RUNTIME_DIR: file("runtime") },
    });
    let [stdout, stderr, answered] = ["", "", 0];
    const left = [...script];
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString("utf8");
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString("utf8");
      const asked = stderr.slice(answered);
      if (!/\[(Enter; s to stop here|y\/N|[\d]+ to \d+)\] \n?$/.test(asked)) return;
      answered = stderr.length;
      const at = left.findIndex(([question]) => question.test(asked));
      const [found] = at < 0 ? [] : left.splice(at, 1);
      if (found === undefined) return void child.stdin.end();
      const [, typed, before] = found;
      void Promise.resolve(before?.()).then(() => child.stdin.write(`${typed}\n`));
    });
    const [status] = (await once(child, "close")) as [number | null];
    return { status, stdout, stderr, left: left.map(([question]) => String(question)) };
  };
  const piped = (stdin: string, ...args: readonly string[]) =>
    runLintelWith({ stdin, env: { XDG_RUNTIME_DIR: file("runtime") } }, ...args);
  return { state, file, run, piped };
}

/** The wall as people touch it, and the play before its camera. */
async function openWall(kiosk: KioskProcess) {
  const url = await kiosk.url();
  const session = await sessionOf(url);
  const headers = { "content-type": "application/json", origin: new URL(url).origin, "lintel-session": session };
  const post = async (path: string, body: object): Promise<void> => {
    const { status } = await fetch(new URL(path, url), { method: "POST", headers, body: JSON.stringify(body) });
    expect(status).toBe(204);
  };
  return {
    comes: (id: "alex" | "painting" | "empty") => () => post("/demo", { act: "scene", id }),
    taps: () => post("/demo", { act: "tap", badge: alexsCard }),
    touches: (touch: object) => post("/touch", touch),
  };
}

/** Every record as it was signed. */
function recordsIn(state: string) {
  using journal = new DatabaseSync(join(state, "journal.sqlite"), { readOnly: true });
  const rows = journal.prepare("select jws from record order by epoch, seq").all() as { jws: string }[];
  return rows.map(({ jws }) => JSON.parse(Buffer.from(jws.split(".")[1] ?? "", "base64url").toString("utf8")));
}

const peopleIn = (stdout: string) => (JSON.parse(stdout) as { people: { person: string }[] }).people;

test("L14 a technician accepts a site: a cut cable, every way, light, heights, reach and an attack; the report is signed, and any change of it is seen", async () => {
  const { state, file, run, piped } = openSite();
  // As on a clock with a network time service: without one, every punch says that its time is weak.
  writeFileSync(file("timedatectl"), "#!/bin/sh\necho NTPSynchronized=yes\n", { mode: 0o755 });
  const patience = [
    "--look-ms",
    "3000",
    "--duplicate-window-ms",
    "0",
    "--ways",
    "badge,pin,face",
    "--thanks-ms",
    "500",
  ];
  const time = { PATH: `${file("")}:${process.env.PATH}` };
  await using kiosk = startKioskIn(time, state, ...patience);
  onTestFailed(() => console.error(kiosk.lines.map(({ msg }) => msg).join("\n"), kiosk.stderr()));
  const { comes, taps, touches } = await openWall(kiosk);
  await comes("empty")();
  const listed = async () => peopleIn((await piped("", "people", "list", "--state", state, "--json")).stdout);
  await expect.poll(listed, { timeout: 40_000, interval: 1_000 }).toHaveLength(2);
  const [alex] = (await listed()).map(({ person }) => person);
  if (alex === undefined) throw new Error("the play has no people");
  const given = await piped(`${pin}\n`, "pin", "set", alex, "--number", "4711", "--state", state);
  expect(given, given.stderr).toMatchObject({ status: 0 });
  const adding = ["operator", "add", "--role", "technician", "--json", "--state", state];
  const { secret, operator } = JSON.parse((await piped("", ...adding)).stdout);
  const key = ["--key", file("key"), "--state", state];
  expect(await piped(`${secret}\n${passphrase}\n`, "operator", "enrol", ...key)).toMatchObject({ status: 0 });
  const site = ["--state", state, "--draft", file("draft.json")];
  const refused = await run([], "acceptance", "run", ...site);
  expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining("(session-needed)") });
  const why = ["--reason", "installation", "--ticket", "CASE-7"];
  expect(await piped(`${passphrase}\n`, "session", "begin", ...key, ...why)).toMatchObject({ status: 0 });

  // Later than a card that is still lying on the reader.
  const soon = (what: () => Promise<unknown>) => async (): Promise<void> => void setTimeout(what, 1_300);
  const typesPin = async (): Promise<void> => {
    await touches({ touch: "way", way: "pin" });
    for (const part of ["4711", pin]) {
      for (const digit of part) await touches({ touch: "digit", digit: Number(digit) });
      await touches({ touch: "enter" });
    }
  };
  const script: Script = [
    [/cuts its own cable/, ""],
    [/Offline, punch 1/, "", soon(taps)],
    [/Offline, punch 2/, "", soon(taps)],
    [/Badge:/, "", soon(taps)],
    [/PIN:/, "", soon(typesPin)],
    [/Face:/, "", comes("alex")],
    [/Light, measurement 1/, ""],
    [/Seated/, "", comes("alex")],
    [/Standing/, ""],
    [/Highest place/, "tall"],
    [/Highest place|Type a number/, "1600", comes("painting")],
    [/Lowest place/, "900"],
    [/badge reader/, "1100"],
    [/side by side/, "900"],
    [/towards the wall/, "1300"],
    [/one hand/, "y"],
    [/agreed to it/, "y"],
    [/bona-fide, 1 of 1/, "s"],
    [/print, 1 of 1/, ""],
  ];
  const order = ["network", "ways", "light", "heights", "reach", "spoof"];
  const options = ["--person", alex, "--species", "print", "--presentations", "1", "--json"];
  const found = await run(script, "acceptance", "run", ...order, ...site, ...options);
  expect(found.left, found.stderr).toEqual([]);
  const judged = JSON.parse(found.stdout) as { part: string; is: string; advice: string[] }[];
  const { heights, ...others } = Object.fromEntries(judged.map(({ part, is }) => [part, is]));
  expect(others, found.stderr).toEqual({
    ...{ light: "open", reach: "failed", ways: "passed", network: "passed", spoof: "open" },
  });
  // Whether the man of the clip sits well depends on how many of its pictures this machine looks at.
  expect(heights).not.toBe("open");
  const { lights, seated } = JSON.parse(readFileSync(file("draft.json"), "utf8"));
  for (const { seen } of [...lights, seated]) {
    expect(seen, found.stderr).toMatchObject({
      faces: expect.toSatisfy((count) => count > 0),
      lit: { luma: expect.any(Number) },
    });
    expect(seen.lit.luma).toBeGreaterThan(60);
    expect(seen.lit.luma).toBeLessThan(220);
  }
  expect(found.status).toBe(1);
  expect(judged.find(({ part }) => part === "reach")?.advice).toEqual([expect.stringContaining("1600 mm")]);

  // It goes on with what has not passed: a second light first.
  const again = await run([[/Light, measurement 2/, "s"]], "acceptance", "run", ...site, ...options);
  expect(again.left).toEqual([]);
  expect(again).toMatchObject({ status: 2, stderr: expect.stringContaining("(acceptance-unusable)") });
  expect(again.stderr).not.toMatch(/Seated|Badge:/);

  const out = file("report.html");
  const signed = await piped("", "acceptance", "report", ...site, "--out", out);
  expect(signed, signed.stderr).toMatchObject({ status: 0 });
  expect(await kiosk.end()).toEqual({ code: 0, signal: null });

  // Whoever was presented has punched nothing by it, and the record names every punch of the test.
  const records = recordsIn(state);
  const punches = records.filter(({ type }) => type === "dev.lintel.punch.v1");
  expect(punches.map(({ data }) => data.method.join())).toEqual(["card", "card", "card", "pin", "face"]);
  const acts = records.filter(({ data }) => data.act === "acceptance").map(({ data }) => data);
  expect(
    acts.every(({ by, reason, ticket }) => by === operator && reason === "installation" && ticket === "CASE-7"),
  ).toBe(true);
  const marked = acts.flatMap(({ detail }) => /^test punch (.*)$/.exec(detail)?.[1] ?? []);
  expect(marked).toEqual(punches.map(({ epoch, seq }) => `${epoch}/${seq}`));
  expect(acts.map(({ detail }) => detail)).toContain("present print");
  // What was punched while the cable was cut came once, and what a receiver has twice it says.
  expect(kiosk.lines.some(({ msg }) => /duplicate|fork/i.test(msg))).toBe(false);

  const report = readFileSync(out, "utf8");
  expect(report).toContain("Not accepted yet: failed");
  for (const { epoch, seq } of punches) expect(report).toContain(`${epoch}/${seq}`);
  expect(report).not.toMatch(/Alex|Rivera|p_[0-9a-z]{20}|<img|<script|https?:/);
  const clock = ["--clock", join(state, "device.pub.jwk")];
  const genuine = await piped("", "acceptance", "verify", out, ...clock);
  expect(genuine).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^Genuine: signed by urn:lintel:.*for o_/),
  });
  expect(genuine.stdout).toContain(operator);

  const tampered = file("tampered.html");
  writeFileSync(tampered, report.replace("failed", "passed"));
  const caught = await piped("", "acceptance", "verify", tampered, ...clock);
  expect(caught).toMatchObject({ status: 2, stderr: expect.stringContaining("not the one that was signed") });
  expect(caught.stderr).toContain("(acceptance-report-invalid)");
}, 180_000);
