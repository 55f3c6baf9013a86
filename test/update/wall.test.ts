import { expect, test } from "vitest";
import { illnessOf, isQuiet, type Sight } from "../../provisioning/update/wall.ts";
import { isInWindow } from "../../provisioning/update/wanted.ts";

const rooms = { camera: "ok", engine: "ok", reader: "ok" };
const wall = { fw: "2.0.0", page: "http://127.0.0.1/", idleMs: 500_000, rooms };
const well: Sight = { state: "active", wall, isPageThere: true, isOnline: true };
const withRooms = (change: Partial<typeof rooms>, rest: Partial<Sight> = {}): Sight => ({
  ...well,
  ...rest,
  wall: { ...wall, rooms: { ...rooms, ...change } },
});

test.each<readonly [string | null, Sight, Sight | null]>([
  [null, well, null],
  [null, well, well],
  ["not-ready", { ...well, state: "activating" }, null],
  ["no-answer", { ...well, wall: null }, null],
  ["other-version", { ...well, wall: { ...wall, fw: "1.0.0" } }, null],
  ["no-page", { ...well, isPageThere: false }, null],
  ["engine", withRooms({ engine: "engine-lost" }), null],
  ["engine", withRooms({ engine: "starting" }), null],
  [null, withRooms({ engine: "none", camera: "none" }), null],
  ["camera", withRooms({ camera: "starting" }), null],
  ["camera", withRooms({ camera: "camera-missing" }), well],
  [null, withRooms({ camera: "camera-missing" }), null],
  [null, withRooms({ camera: "camera-missing" }), withRooms({ camera: "camera-lost" })],
  ["reader", withRooms({ reader: "reader-lost" }), well],
  ["broker", { ...well, isOnline: false }, well],
  [null, { ...well, isOnline: false }, { ...well, isOnline: false }],
  [null, { ...well, isOnline: false }, null],
])("%s", (illness, now, before) => {
  expect(illnessOf(now, "2.0.0", before)).toBe(illness);
});

test("nobody is disturbed: not whoever stands there, not whoever just left, not a clock that starts", () => {
  const idle = (idleMs: number | null): Sight => ({ ...well, wall: { ...wall, idleMs } });
  expect([null, 1_000, 120_000].map((idleMs) => isQuiet(idle(idleMs), 120_000))).toEqual([false, false, true]);
  const silent = (state: string): boolean => isQuiet({ ...well, state, wall: null }, 120_000);
  expect(["activating", "failed", "inactive"].map(silent)).toEqual([false, true, true]);
});

test.each([
  ["02:00-05:00", "Europe/Berlin", "2026-01-10T01:00:00Z", true],
  ["02:00-05:00", "Europe/Berlin", "2026-01-10T04:00:00Z", false],
  ["02:00-05:00", "Asia/Kolkata", "2026-01-10T21:00:00Z", true],
  ["22:00-04:00", "UTC", "2026-01-10T23:30:00Z", true],
  ["22:00-04:00", "UTC", "2026-01-10T03:59:00Z", true],
  ["22:00-04:00", "UTC", "2026-01-10T04:00:00Z", false],
  ["00:00-23:59", "UTC", "2026-01-10T12:00:00Z", true],
])("the window %s in %s at %s: %s", (window, zone, at, isIn) => {
  expect(isInWindow(window, zone, Date.parse(at))).toBe(isIn);
});
