import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { Fault } from "../../kiosk/core/fault.ts";
import type { AuditData } from "../../kiosk/core/record.ts";
import { testClock } from "../../kiosk/host/clock.ts";
import { openSwitch } from "../../kiosk/housing/open.ts";
import { watchHousing } from "../../kiosk/housing/watch.ts";
import { createLock } from "../../kiosk/lock.ts";
import { openHousingSeen } from "../../kiosk/store/housing-seen.ts";
import { openLocks } from "../../kiosk/store/locks.ts";
import { eventOf } from "../../kiosk/store/make-record.ts";
import { verifyJournal } from "../../kiosk/store/verify.ts";
import { openOwnJournal } from "./own-journal.ts";
import { sure } from "./time-machine.ts";

/** A clock's housing that is opened: a real journal, the real lock and its files, a switch that is a file. */

const startMs = Date.parse("2026-11-02T08:00:00Z");

async function openBox(onOpened: "tell" | "lock", state: string, how = "closed") {
  const rooms = new AsyncDisposableStack();
  const clock = testClock(startMs, sure);
  const { journal } = await openOwnJournal(state, clock, rooms);
  const ill = { journal: false };
  const book = {
    append: (...asked: Parameters<typeof journal.append>) =>
      ill.journal ? Promise.reject(new Fault("disk-full", "full", "Make room.")) : journal.append(...asked),
  };
  const lock = createLock({
    ...{ file: await openLocks(state, startMs), journal: book, clock },
    ...{ post: () => {}, changed: () => {} },
  });
  const file = join(state, "switch");
  const housing = openSwitch(`sim:${file}`);
  if (housing === null) throw new Error("no switch");
  const set = (how: string): void => writeFileSync(file, how);
  set(how);
  const notes: unknown[] = [];
  const ending = new AbortController();
  const watching = watchHousing(
    {
      ...{ housing, file: await openHousingSeen(state), journal: book, clock, opened: () => {}, looked: () => {} },
      ...{ lock: onOpened === "lock" ? lock.shutHousing : null, note: (fault) => notes.push(fault) },
    },
    ending.signal,
  );
  const acts = () =>
    journal.read({ epoch: 0, seq: -1 }, 1_000).flatMap(({ jws, type }) => {
      const { data, time } = eventOf(jws);
      return type === "audit" ? [{ act: (data as AuditData).act, atMs: Date.parse(time) - startMs }] : [];
    });
  /** Pretended time passes, and what is due in it happens. */
  const wait = async (s: number): Promise<void> => {
    for (let left = s; left > 0; left -= 0.5) {
      clock.advance(500);
      await pause(15);
    }
  };
  const end = async (): Promise<void> => {
    ending.abort();
    await watching;
    await rooms.disposeAsync();
    expect(verifyJournal(state).firstBad).toBeNull();
  };
  return { lock, journal, notes, ill, acts, wait, end, set, clock };
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "lintel-opened-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

test("IC-28 S3 an opened housing is a signed record within five seconds, and locks the clock where the site wants that", async () => {
  for (const onOpened of ["tell", "lock"] as const) {
    const box = await openBox(onOpened, folder());
    await box.wait(3);
    box.set("open");
    const openedMs = box.clock.now().utcMs - startMs;
    await box.wait(5);
    const told = box.acts().find(({ act }) => act === "opened");
    expect(told, "it is in the journal").toBeDefined();
    expect((told?.atMs ?? 0) - openedMs).toBeLessThanOrEqual(5_000);
    expect([box.lock.cause(), box.lock.mayLook(), box.lock.maySend()]).toEqual(
      onOpened === "lock" ? ["housing", false, true] : [null, true, true],
    );
    await box.wait(10);
    box.set("closed");
    await box.wait(5);
    expect(box.lock.cause(), "closing it again opens nothing").toBe(onOpened === "lock" ? "housing" : null);
    const acts = box.acts().map(({ act }) => act);
    expect(acts).toEqual(onOpened === "lock" ? ["lock", "opened", "closed"] : ["opened", "closed"]);
    await box.end();
  }
});

test("IC-28 what was opened while the clock was off is noticed at the start, and what stands open is told once", async () => {
  const state = folder();
  const first = await openBox("tell", state);
  await first.wait(3);
  await first.end();
  const second = await openBox("tell", state, "open");
  await second.wait(9);
  await second.end();
  const third = await openBox("tell", state, "open");
  await third.wait(9);
  expect(third.acts().map(({ act }) => act)).toEqual(["opened"]);
  await third.end();
});

test("IC-28 nobody is locked out by a housing that was never closed, and a technician hangs it in peace", async () => {
  const box = await openBox("lock", folder(), "open");
  await box.wait(9);
  expect([box.acts(), box.lock.cause()]).toEqual([[], null]);
  box.set("closed");
  await box.wait(3);
  box.set("open");
  await box.wait(3);
  expect(box.lock.cause()).toBe("housing");
  await box.end();
});

test("IC-28 a switch that cannot be read is told once, and a full disk locks all the same and writes when there is room", async () => {
  const box = await openBox("lock", folder());
  await box.wait(3);
  box.set("rust");
  await box.wait(20);
  expect(box.notes).toMatchObject([{ code: "housing-unread" }]);
  box.ill.journal = true;
  box.set("open");
  await box.wait(6);
  expect(box.lock.cause()).toBe("housing");
  expect(box.acts()).toEqual([]);
  box.ill.journal = false;
  await box.wait(4);
  expect(box.acts().map(({ act }) => act)).toEqual(["lock", "opened"]);
  await box.end();
});
