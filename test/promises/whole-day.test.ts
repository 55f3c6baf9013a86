import { execFile } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { globSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { connectAsync } from "mqtt";
import { expect, onTestFinished, test } from "vitest";
import type { ConsentAct } from "../../kiosk/core/consent/view.ts";
import type { GuestsAct } from "../../kiosk/core/guests/view.ts";
import type { RightsAct } from "../../kiosk/core/rights/view.ts";
import { freePort } from "../contract/broker-parts.ts";
import { openRealWall, type RealWall } from "./real-wall.ts";
import { watched } from "./watched.ts";

/**
 * A whole day at a real clock that the kernel watches, and a start a month later: whatever people and operators do, it
 * speaks to its broker alone, and nothing that names anybody is in what the broker got, in the log, on the terminal or in
 * any file.
 */

/** Surnames and card numbers of the cast, and what is typed at the wall. */
const canaries = /Rivera|Duval|Canarina|Zephyrine|demo:100[12]/;
const sam = "demo:1002";

const leaveActs = [
  ...[{ act: "ask" }, { act: "kind", k: 1 }, { act: "turn", by: 1 }],
  ...[{ act: "back" }, { act: "back" }, { act: "close" }],
] as const;

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "lintel-whole-day-"));
  onTestFinished(() => rm(made, { recursive: true, force: true, maxRetries: 5 }));
  return made;
}

const lintel = async (...args: readonly string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, ["provisioning/cli.ts", ...args]);
  return stdout;
};

/** A text and whatever is written in it as base64url, such as a signed record. */
const unwrappedText = (text: string): string =>
  [text, ...(text.match(/[\w-]{16,}/g) ?? []).map((run) => Buffer.from(run, "base64url").toString("latin1"))].join(
    "\n",
  );

/** Everything that a broker hands on from now on. */
async function overheard(brokerUrl: string) {
  const heard: { readonly topic: string; readonly text: string }[] = [];
  const client = await connectAsync(brokerUrl, { connectTimeout: 3_000, reconnectPeriod: 0 });
  onTestFinished(() => client.endAsync(true));
  client.on("message", (topic, payload) => void heard.push({ topic, text: payload.toString("latin1") }));
  await client.subscribeAsync("#", { qos: 1 });
  return heard;
}

const rights = (...acts: readonly RightsAct[]) => acts.map((act) => ({ touch: "rights", act }) as const);
const guests = (...acts: readonly GuestsAct[]) => acts.map((act) => ({ touch: "guests", act }) as const);

/** As a hand does it: a card that comes back within the second never left the reader. */
async function tap(wall: RealWall): Promise<void> {
  await wall.demo({ act: "tap", badge: sam });
  await pause(1_200);
}

/** An errand from the idle wall, and who it is for. */
async function atTheCounter(wall: RealWall, errand: "absence" | "consent" | "me" | "rights") {
  await wall.shows("idle");
  await wall.touch({ touch: "errand", errand });
  await wall.shows("ways");
  await tap(wall);
  await wall.shows(errand === "me" ? "hours" : errand);
}

/** Reads what there is to read, is of age, and draws a line. */
async function agrees(wall: RealWall): Promise<void> {
  const act = (...acts: readonly ConsentAct[]) =>
    wall.touch(...acts.map((one) => ({ touch: "consent", act: one }) as const));
  await atTheCounter(wall, "consent");
  await act({ act: "read" });
  for (let page = 1; page < 9; page += 1) await act({ act: "page", page });
  await act({ act: "agree" });
  await wall.shows("consent", ({ page: { is } }) => is === "age");
  await act({ act: "age", isReached: true });
  await wall.shows("consent", ({ page: { is } }) => is === "sign");
  await act({
    act: "sign",
    strokes: [Array.from({ length: 60 }, (_, at) => (at % 2 === 0 ? 100 + 10 * at : 300 + (at % 7) * 40))],
  });
  await wall.shows("consent", ({ page: { is } }) => is === "given");
  await act({ act: "close" });
}

const visitorsIn = (state: string): readonly string[] => globSync("v_*.sealed", { cwd: join(state, "people") });

async function visits(wall: RealWall): Promise<void> {
  await wall.touch(...guests({ act: "open" }, { act: "arrive" }));
  for (const text of "Zephyrine") await wall.touch(...guests({ act: "key", text }));
  await wall.touch(...guests({ act: "next" }, { act: "host", id: null }));
  await wall.touch(...guests({ act: "confirm" }));
  await wall.shows("guests", ({ page }) => page.is === "asking" || page.is === "told");
  await wall.touch(...guests({ act: "close" }));
}

test("EC-8 P17 IC-8 SC-5 through a day of punches, rights, visitors, leave, an alert and operators, and a month later, a clock speaks to its broker alone and names nobody", async () => {
  const home = await folder();
  const [state, out, time] = [join(home, "state"), join(home, "out"), join(home, "time")];
  await mkdir(out);
  const keys = [join(out, "staff.jwk"), join(out, "employer.jwk")] as const;
  for (const key of keys) await writeFile(`${key}.pub`, await lintel("snapshot", "key", key));
  const flags = [
    ...["--camera", "demo", "--time-zone", "Europe/Berlin", "--duplicate-window-ms", "0", "--thanks-ms", "3000"],
    ...["--visitors", "--visitor-contact", "hidden", "--leave", "--alert", "--muster", "everybody"],
    ...["--snapshot", "all", "--snapshot-key-staff", `${keys[0]}.pub`, "--snapshot-key-employer", `${keys[1]}.pub`],
    ...["--export-lan", `127.0.0.1:${await freePort()}`],
  ];
  const clock = await watched(state, flags);
  const url = await clock.url();
  const { demoBroker } = await clock.said(({ event }) => event === "ready");
  const heard = await overheard(String(demoBroker));
  await clock.said(({ event }) => event === "saved");
  const isHere = (address: string): boolean => /^(127\.0\.0\.1|::1):/.test(address);
  const wall = await openRealWall(url);
  await wall.demo({ act: "scene", id: "empty" });
  // Whoever stood there has thanks to read.
  await pause(4_000);

  await atTheCounter(wall, "rights");
  await wall.shows("rights", ({ page: { is } }) => is === "list");
  await wall.touch(...rights({ act: "item", kind: "face" }, { act: "deed", deed: "freeze" }));
  await wall.shows("rights", ({ page: { is }, isBusy }) => is === "done" && !isBusy);
  await wall.touch(...rights({ act: "back" }, { act: "deeds" }, { act: "deed", deed: "rename" }));
  for (const letter of "Canarina") await wall.touch(...rights({ act: "letter", letter }));
  await wall.touch(...rights({ act: "send" }));
  await wall.shows("rights", ({ page: { is }, isBusy }) => is === "done" && !isBusy);
  await wall.touch(...rights({ act: "back" }, { act: "deeds" }, { act: "deed", deed: "copy" }));
  await wall.shows("rights", ({ page: { is } }) => is === "doors");
  await wall.touch(...rights({ act: "door", door: "lan" }));
  const { page: copied } = await wall.shows("rights", ({ page: { is } }) => is === "copied");
  if (copied.is !== "copied" || copied.url === null) throw new Error("no copy to fetch");
  const fetched = await fetch(copied.url);
  expect(fetched.status).toBe(200);
  await writeFile(join(out, "copy"), Buffer.from(await fetched.arrayBuffer()));
  await wall.touch(...rights({ act: "back" }, { act: "item", kind: "face" }, { act: "deed", deed: "release" }));
  await wall.shows("rights", ({ page }) => page.is === "done" && page.deed === "release");
  await wall.touch(...rights({ act: "close" }));

  // A face punches, and a badge; both are pictured, sealed.
  await wall.demo({ act: "scene", id: "alex" });
  await wall.shows("thanks");
  await wall.demo({ act: "scene", id: "empty" });
  await wall.shows("idle");
  await tap(wall);
  await wall.shows("thanks");
  await wall.touch({ touch: "dismiss" });

  // The consent is taken back in two touches, and given anew.
  await atTheCounter(wall, "consent");
  await wall.touch({ touch: "consent", act: { act: "stop" } }, { touch: "consent", act: { act: "sure" } });
  await wall.shows("consent", ({ page: { is } }) => is === "stopped");
  await wall.touch({ touch: "consent", act: { act: "close" } });
  await agrees(wall);

  await visits(wall);
  await atTheCounter(wall, "absence");
  for (const act of leaveActs) await wall.touch({ touch: "absence", act });
  await atTheCounter(wall, "me");
  await wall.touch({ touch: "dismiss" });
  await wall.shows("idle");
  await wall.touch({ touch: "errand", errand: "muster" });
  await wall.shows("muster");
  await wall.touch({ touch: "dismiss" });
  await wall.shows("idle");
  await wall.touch({ touch: "alert", act: { act: "open" } }, { touch: "alert", act: { act: "raise" } });
  await wall.shows("alert", ({ page: { is } }) => is === "on");
  await wall.touch({ touch: "alert", act: { act: "end" } });
  // Sam is no supervisor, and it goes on.
  await tap(wall);

  // Operators look, export, set and hold; the night's own check runs.
  const at = ["--state", state] as const;
  const { publicKey } = generateKeyPairSync("x25519");
  await writeFile(join(out, "reader.jwk"), JSON.stringify(publicKey.export({ format: "jwk" })));
  const { snapshots } = JSON.parse(await lintel("snapshot", "list", ...at, "--json"));
  expect(snapshots.length).toBeGreaterThan(0);
  expect(await lintel("people", "list", ...at)).toMatch(/Duval/);
  const nextYear = new Date(Date.now() + 300 * 86_400_000).toISOString().slice(0, 10);
  await Promise.all(
    [
      ["audit", "--export", join(out, "audit.sealed"), "--seal", join(out, "reader.jwk")],
      ["hold", "set", "--classes", "punch", "--until", nextYear, "--owner", "legal", "--reason", "claim"],
      ["muster"],
    ].map((words) => lintel(...words, ...at)),
  );
  await clock.end();

  // A month and a day later.
  await writeFile(time, "+31d\n");
  const [preload = ""] = globSync("/usr/lib/*/faketime/libfaketime.so.1");
  const faketime = { FAKETIME_TIMESTAMP_FILE: time, FAKETIME_NO_CACHE: "1", FAKETIME_DONT_FAKE_MONOTONIC: "1" };
  expect(visitorsIn(state), "the visitor is kept").not.toEqual([]);
  const later = await watched(state, flags, { ...faketime, LD_PRELOAD: preload });
  // The box itself does not know what time it is. The receipt says it; what is over goes before the next start's screen.
  await later.said(({ event }) => event === "receipt");
  await later.end();
  const last = await watched(state, flags, { ...faketime, LD_PRELOAD: preload });
  await last.url();
  expect(visitorsIn(state), "the visitor's month is over").toEqual([]);
  await last.end();

  for (const [life, one] of [clock, later, last].entries()) {
    expect(
      (await one.destinations()).filter((address) => !isHere(address)),
      `of life ${life + 1}`,
    ).toEqual([]);
    expect(one.written()).not.toMatch(canaries);
  }
  const types = heard.map(({ topic }) => topic.split("/").at(-1));
  expect(heard.length, types.join(" ")).toBeGreaterThan(10);
  for (const { topic, text } of heard) expect(unwrappedText(topic + text), topic).not.toMatch(canaries);
  for (const directory of [state, out]) {
    for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name);
      if (entry.isFile()) expect(canaries.test(unwrappedText(await readFile(file, "latin1"))), file).toBe(false);
    }
  }
}, 180_000);
