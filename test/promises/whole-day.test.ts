import { execFile } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { globSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "../contract/broker-parts.ts";
import { expectNobodyIn, expectNobodyOverheard, filesIn, overheard } from "./day/canaries.ts";
import {
  agrees,
  atTheCounter,
  betweenTapsMs,
  comesToVisit,
  raisesTheAlert,
  rights,
  type Tap,
  withdraws,
  wouldEndTheAlert,
} from "./day/errands.ts";
import { expectMapped } from "./day/mapped.ts";
import { openRealWall } from "./real-wall.ts";
import { watched } from "./watched.ts";

/**
 * A whole day at a real clock that the kernel watches, and a start a month later: whatever people and operators do, it
 * speaks to its broker alone, and nothing that names anybody is in what the broker got, in the log, on the terminal or in
 * any file.
 */

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "lintel-whole-day-"));
  onTestFinished(() => rm(made, { recursive: true, force: true, maxRetries: 5 }));
  return made;
}

const lintel = async (...args: readonly string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, ["provisioning/cli.ts", ...args]);
  return stdout;
};

const visitorsIn = (state: string): readonly string[] => globSync("v_*.sealed", { cwd: join(state, "people") });

test("EC-8 P17 IC-8 SC-5 IC-17 through a day of punches, rights, visitors, an alert, an opened picture and operators, and a month later, a clock speaks to its broker alone, names nobody, and sends what its own map of recipients says", async () => {
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
  const tap: Tap = async () => {
    await wall.demo({ act: "tap", badge: "demo:1002" });
    await pause(betweenTapsMs);
  };
  await wall.demo({ act: "scene", id: "empty" });
  // Whoever stood there has thanks to read.
  await pause(4_000);

  await atTheCounter(wall, tap, "rights");
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
  await tap();
  await wall.shows("thanks");
  await wall.touch({ touch: "dismiss" });

  // The consent is taken back in two touches, and given anew.
  await withdraws(wall, tap);
  await agrees(wall, tap);
  await wall.touch({ touch: "consent", act: { act: "close" } });

  await comesToVisit(wall, "Zephyrine");
  await wall.touch({ touch: "guests", act: { act: "close" } });
  await atTheCounter(wall, tap, "me");
  await wall.touch({ touch: "dismiss" });
  await wall.shows("idle");
  await wall.touch({ touch: "errand", errand: "muster" });
  await wall.shows("muster");
  await wall.touch({ touch: "dismiss" });
  await wall.shows("idle");
  await raisesTheAlert(wall);
  await wouldEndTheAlert(wall, tap);
  // Sam is no supervisor, and it goes on until somebody ends it at the desk.
  await wall.shows("alert", ({ page: { is } }) => is === "on");

  // Operators look, export, set and hold; the night's own check runs.
  const at = ["--state", state] as const;
  const { publicKey } = generateKeyPairSync("x25519");
  await writeFile(join(out, "reader.jwk"), JSON.stringify(publicKey.export({ format: "jwk" })));
  await lintel("alert", "clear", ...at);
  await wall.shows("idle");
  const { snapshots } = JSON.parse(await lintel("snapshot", "list", ...at, "--json"));
  expect(snapshots.length).toBeGreaterThan(0);
  const opened = join(out, "opened.jpg");
  const both = ["--staff-key", keys[0], "--employer-key", keys[1], "--out", opened];
  await lintel("snapshot", "open", snapshots[0].snapshot, ...both, ...at);
  const picture = await readFile(opened, "latin1");
  expect(picture.slice(0, 3), "a picture, for whoever has both keys").toBe("\xff\xd8\xff");
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
  const later = await watched(state, flags, { env: { ...faketime, LD_PRELOAD: preload } });
  // The box itself does not know what time it is. The receipt says it; what is over goes before the next start's screen.
  await later.said(({ event }) => event === "receipt");
  await later.end();
  const last = await watched(state, flags, { env: { ...faketime, LD_PRELOAD: preload } });
  await last.url();
  expect(visitorsIn(state), "the visitor's month is over").toEqual([]);
  await last.end();

  for (const [life, one] of [clock, later, last].entries()) {
    expect(
      (await one.destinations()).filter((address) => !isHere(address)),
      `of life ${life + 1}`,
    ).toEqual([]);
    await writeFile(join(out, `log-${life}`), one.written());
  }
  expectNobodyOverheard(heard);
  await expectMapped(heard, flags);
  // What was opened is a picture in the hands of two people, and nowhere else.
  const middle = picture.slice(picture.length / 2, picture.length / 2 + 64);
  for (const text of [...heard.map(({ text }) => text), ...(await filesIn(state)).map(({ text }) => text)]) {
    expect(text.includes(middle)).toBe(false);
  }
  await expectNobodyIn(state, out);
}, 180_000);
