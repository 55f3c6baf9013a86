import { expect, test } from "vitest";
import { Fault } from "../../../kiosk/core/fault.ts";
import { oldestOf, openOwed } from "../../../kiosk/owed.ts";
import { eventOf } from "../../../kiosk/store/make-record.ts";
import { openClock, punches } from "../../provisioning/care.ts";
import { scratch } from "../../scratch.ts";

const writtenUtcMs = (jws: string): number => Date.parse(eventOf(jws).time);

test("the oldest punch without a receipt, read once for every place of the cursor", async () => {
  await using journal = await openClock(scratch());
  let reads = 0;
  const read: typeof journal.read = (...asked) => {
    reads += 1;
    return journal.read(...asked);
  };
  const owed = openOwed({ journal: { ...journal, read }, writtenUtcMs });
  expect(owed("payroll")).toBeNull();
  await punches(journal, 3);
  const places = journal.read({ epoch: 0, seq: -1 }, 9).filter(({ type }) => type === "punch");
  const times = places.map(({ jws }) => writtenUtcMs(jws));
  expect([owed("payroll"), owed("payroll")]).toEqual([times[0], times[0]]);
  expect(reads).toBe(1);
  const [first] = places;
  if (first === undefined) throw new Error("three punches were made");
  journal.moveCursor("payroll", first);
  expect([owed("payroll"), owed("archive")]).toEqual([times[1], times[0]]);
  journal.moveCursor("payroll", journal.head());
  expect(owed("payroll")).toBeNull();
});

test("a disk that died is an answer, and a bug is not", async () => {
  await using journal = await openClock(scratch());
  await punches(journal, 1);
  const failing = (error: Error) =>
    openOwed({
      journal: {
        ...journal,
        read: () => {
          throw error;
        },
      },
      writtenUtcMs,
    });
  expect(failing(new Fault("journal-write-failed", "it", "that"))("payroll")).toBe("unreadable");
  expect(() => failing(new TypeError("ours"))("payroll")).toThrow("ours");
});

test("of several receivers the one that owes longest is told, and what nobody can read is never hidden", () => {
  expect([oldestOf([]), oldestOf([null, 5, 3]), oldestOf([null]), oldestOf([3, "unreadable"])]).toEqual([
    null,
    3,
    null,
    "unreadable",
  ]);
});
