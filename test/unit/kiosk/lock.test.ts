import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as breath } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Event } from "../../../kiosk/core/event.ts";
import { Fault } from "../../../kiosk/core/fault.ts";
import { nothingLocked } from "../../../kiosk/core/lock.ts";
import type { RecordBody } from "../../../kiosk/core/record.ts";
import { testClock } from "../../../kiosk/host/clock.ts";
import { createLock } from "../../../kiosk/lock.ts";
import { createShutter } from "../../../kiosk/shutter.ts";
import { openLocks } from "../../../kiosk/store/locks.ts";

const order = (op: string) => ({ id: `id of ${op}`, op, args: {}, expiresUtcMs: 0 });
const full = new Fault("disk-full", "the disk is full", "Make room.");

async function openScene() {
  const directory = mkdtempSync(join(tmpdir(), "lintel-lock-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const clock = testClock(1_000);
  const written: RecordBody[] = [];
  const events: Event[] = [];
  const ill = { disk: false, journal: false };
  const open = async () => {
    const file = await openLocks(directory, 5_000);
    return createLock({
      file: { get: file.get, change: (how) => (ill.disk ? Promise.reject(full) : file.change(how)) },
      journal: {
        append: async (body) => {
          if (ill.journal) throw full;
          written.push(body);
          return undefined as never;
        },
      },
      clock,
      post: (event) => events.push(event),
      changed: () => {},
    });
  };
  const lock = await open();
  const run = (op: string) => new Map(lock.handlers).get(op)?.(order(op));
  const acts = () => written.map(({ data }) => ("act" in data && "detail" in data ? `${data.act} ${data.detail}` : ""));
  return { directory, lock, run, acts, events, ill, open };
}

describe("a lock", () => {
  test("AR-10 said twice is said once, and it outlives the process", async () => {
    const { lock, run, acts, events, open } = await openScene();
    expect([lock.cause(), lock.mayLook(), lock.maySend()]).toEqual([null, true, true]);
    await run("lock");
    await run("lock");
    expect([lock.cause(), lock.mayLook(), lock.maySend()]).toEqual(["order", false, false]);
    expect(acts()).toEqual(["lock order"]);
    expect(events).toMatchObject([{ kind: "locked", locked: "order" }]);
    const after = await open();
    expect([after.cause(), after.maySend()]).toEqual(["order", false]);
    await run("unlock");
    await run("unlock");
    expect([lock.cause(), lock.mayLook(), lock.maySend()]).toEqual([null, true, true]);
    expect(acts()).toEqual(["lock order", "unlock order"]);
    expect((await open()).cause()).toBe(null);
  });

  test("S3 an opened housing rests the faces and is told to the outside; the desk releases that and no order", async () => {
    const { lock, run, acts } = await openScene();
    await lock.shutHousing();
    expect([lock.cause(), lock.mayLook(), lock.maySend()]).toEqual(["housing", false, true]);
    await run("lock");
    expect(lock.cause()).toBe("order");
    await lock.releaseHousing();
    expect([lock.cause(), lock.maySend()]).toEqual(["order", false]);
    await lock.shutHousing();
    await run("unlock");
    expect([lock.cause(), lock.mayLook()]).toEqual([null, true]);
    expect(acts()).toEqual(["lock housing", "lock order", "lock housing", "unlock order"]);
  });

  test("AR-10 it holds at once where the disk takes nothing, and is not released where that cannot be written down", async () => {
    const { lock, run, acts, ill, open } = await openScene();
    ill.disk = true;
    await expect(run("lock")).rejects.toMatchObject({ code: "disk-full" });
    expect([lock.cause(), lock.mayLook(), lock.maySend()]).toEqual(["order", false, false]);
    ill.disk = false;
    ill.journal = true;
    await expect(run("lock"), "said once more").rejects.toMatchObject({ code: "disk-full" });
    expect((await open()).cause(), "and now it outlives the process").toBe("order");
    ill.journal = false;
    await run("lock");
    await run("lock");
    expect(acts(), "written once").toEqual(["lock order"]);
    ill.journal = true;
    await expect(run("unlock")).rejects.toMatchObject({ code: "disk-full" });
    expect(lock.cause()).toBe("order");
  });

  test("AR-10 a damaged file is a locked clock", async () => {
    const { directory, run, open } = await openScene();
    await run("lock");
    for (const bytes of ["", "garbage", '1 {"order":null,"housing":null,"camera":null}\n']) {
      writeFileSync(join(directory, "locks.json"), bytes);
      expect((await open()).cause(), bytes).toBe("order");
    }
  });

  test("IC-25 the camera's switch shuts the eyes and nothing else, and no lock opens it", async () => {
    const { lock, run, events, open } = await openScene();
    await lock.switchCamera(false);
    expect([lock.cause(), lock.mayLook(), lock.maySend()]).toEqual([null, false, true]);
    await run("lock");
    await run("unlock");
    expect(lock.mayLook()).toBe(false);
    expect((await open()).mayLook()).toBe(false);
    await lock.switchCamera(true);
    await lock.switchCamera(true);
    expect(lock.mayLook()).toBe(true);
    expect(events).toMatchObject([{ locked: "order" }, { locked: null }]);
  });

  test("nothing is locked by nothing", async () => {
    const { directory } = await openScene();
    expect((await openLocks(directory, 0)).get()).toEqual(nothingLocked);
  });
});

describe("a shutter", () => {
  const scene = () => {
    const now = { mayLook: true, open: 0, seen: 0, closed: 0 };
    const ending = new AbortController();
    const shutter = createShutter({
      mayLook: () => now.mayLook,
      see: (signal) => {
        now.open += 1;
        now.seen += 1;
        const over = Promise.withResolvers<void>();
        signal.addEventListener("abort", () => {
          now.open -= 1;
          over.resolve();
        });
        return [over.promise];
      },
      closed: () => {
        now.closed += 1;
      },
    });
    const set = async (mayLook: boolean): Promise<void> => {
      now.mayLook = mayLook;
      shutter.look();
      for (let turns = 0; turns < 5; turns += 1) await breath();
    };
    return { now, ending, shutter, set };
  };

  test("opens and shuts as often as it is told, and ends in either state", async () => {
    for (const last of [true, false]) {
      const { now, ending, shutter, set } = scene();
      const running = shutter.run(ending.signal);
      await set(true);
      expect(now).toMatchObject({ open: 1, seen: 1, closed: 0 });
      await set(false);
      expect(now).toMatchObject({ open: 0, seen: 1, closed: 1 });
      await set(false);
      expect(now.closed).toBe(1);
      await set(true);
      expect(now).toMatchObject({ open: 1, seen: 2 });
      await set(last);
      ending.abort();
      await running;
      expect(now.open).toBe(0);
    }
  });

  test("a shut one that is opened in the same moment sees again", async () => {
    const { now, ending, shutter, set } = scene();
    const running = shutter.run(ending.signal);
    now.mayLook = false;
    shutter.look();
    await set(true);
    expect(now.open).toBe(1);
    ending.abort();
    await running;
  });

  test("a bug of those who see ends it, and the others with it", async () => {
    const ended: string[] = [];
    const shutter = createShutter({
      mayLook: () => true,
      closed: () => {},
      see: (signal) => [
        Promise.reject(new TypeError("a bug")),
        new Promise<void>((resolve) => {
          signal.addEventListener("abort", () => {
            ended.push("the other");
            resolve();
          });
        }),
      ],
    });
    await expect(shutter.run(new AbortController().signal)).rejects.toThrow("a bug");
    expect(ended).toEqual(["the other"]);
  });
});
