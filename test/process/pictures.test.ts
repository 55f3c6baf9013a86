import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { atTheCounter, betweenTapsMs, rights, type Tap } from "../promises/day/errands.ts";
import { openRealWall, type RealWall } from "../promises/real-wall.ts";
import { scratch } from "../scratch.ts";
import { startKiosk } from "./kiosk.ts";

/** A clock that takes pictures with punches, and somebody who wants none of themselves. */

const lintel = async (...args: readonly string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, ["provisioning/cli.ts", ...args]);
  return stdout;
};

const tapOf =
  (wall: RealWall): Tap =>
  async () => {
    await wall.demo({ act: "tap", badge: "demo:1002" });
    await pause(betweenTapsMs);
  };

test("P16 IC-3 at a real clock: no picture of whoever said no, from the next punch on and after a restart; what a dispute held goes when it ends", async () => {
  const state = scratch();
  const keys = scratch();
  const [staff, employer] = [join(keys, "staff"), join(keys, "employer")];
  for (const key of [staff, employer]) writeFileSync(`${key}.pub`, await lintel("snapshot", "key", key));
  const flags = [
    ...["--camera", "demo", "--duplicate-window-ms", "0", "--thanks-ms", "1500"],
    ...["--snapshot", "all", "--snapshot-key-staff", `${staff}.pub`, "--snapshot-key-employer", `${employer}.pub`],
  ];
  const desk = ["--state", state, "--json"] as const;
  /** Whose pictures there are: with nobody before the camera, theirs who lays a card on. */
  const pictures = async (): Promise<number> => JSON.parse(await lintel("snapshot", "list", ...desk)).snapshots.length;
  const nobodyStandsThere = async (wall: RealWall) => {
    await wall.demo({ act: "scene", id: "empty" });
    await pause(4_000);
  };
  const punches = async (wall: RealWall) => {
    await wall.shows("idle");
    await tapOf(wall)();
    await wall.shows("thanks");
    await wall.shows("idle");
  };
  {
    await using kiosk = startKiosk(state, ...flags);
    const wall = await openRealWall(await kiosk.url());
    await kiosk.line(({ event }) => event === "saved");
    await nobodyStandsThere(wall);
    const before = await pictures();
    await punches(wall);
    const kept = await pictures();
    expect(kept).toBeGreaterThan(before);
    const nextMonth = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
    const why = ["--until", nextMonth, "--owner", "case-17", "--reason", "dispute"];
    const [hold] = JSON.parse(await lintel("hold", "set", "--classes", "snapshot", ...why, ...desk));
    await atTheCounter(wall, tapOf(wall), "rights");
    await wall.shows("rights", ({ page: { is } }) => is === "list");
    await wall.touch(...rights({ act: "deeds" }, { act: "deed", deed: "no-pictures" }));
    const { page } = await wall.shows("rights", ({ page: { is }, isBusy }) => is === "done" && !isBusy);
    expect(page).toMatchObject({ deed: "no-pictures", held: { owner: "case-17" } });
    await wall.touch(...rights({ act: "close" }));
    await punches(wall);
    expect(await pictures(), "held, and no new one").toBe(kept);
    await lintel("hold", "lift", hold.id, "--state", state);
    expect(await kiosk.end()).toEqual({ code: 0, signal: null });
  }
  await using kiosk = startKiosk(state, ...flags);
  const wall = await openRealWall(await kiosk.url());
  await nobodyStandsThere(wall);
  const { snapshots } = JSON.parse(await lintel("snapshot", "list", ...desk));
  await punches(wall);
  expect(await pictures()).toBe(snapshots.length);
  await atTheCounter(wall, tapOf(wall), "rights");
  const { page } = await wall.shows("rights", ({ page: { is } }) => is === "list");
  expect(page.is === "list" && page.items.find(({ kind }) => kind === "snapshots")).toMatchObject({ count: 0 });
  await wall.touch(...rights({ act: "item", kind: "snapshots" }));
  const shown = await wall.shows("rights", ({ page: { is } }) => is === "item");
  expect(shown.page).toMatchObject({ facts: [{ value: { code: "said-no" } }], deeds: ["pictures"] });
}, 180_000);
