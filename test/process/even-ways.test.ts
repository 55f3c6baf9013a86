import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { type WayBook, withRefusal, withServed } from "../../kiosk/core/even-ways.ts";
import { localText } from "../../kiosk/core/time.ts";
import type { Way } from "../../kiosk/core/way.ts";
import { eventOf } from "../../kiosk/store/make-record.ts";
import { openWayBook } from "../../kiosk/store/way-book.ts";
import { runLintel } from "../run-lintel.ts";
import { scratch } from "../scratch.ts";
import { startKiosk } from "./kiosk.ts";

/** A real clock on whose wall the badge was slow today, and the two commands that somebody finds out by. */

test("L6 a running clock shows its ways, and its selfcheck puts the slow badge into the journal as an alarm", {
  timeout: 120_000,
}, async () => {
  const state = scratch();
  const today = localText(Date.now(), "Europe/Berlin").slice(0, 10);
  const came = (book: WayBook, way: Way, tookMs: number): WayBook =>
    Array.from({ length: 30 }).reduce<WayBook>((sum) => withServed(sum, today, way, tookMs, 6), book);
  const slow = withRefusal(came(came({}, "face", 800), "badge", 4_000), today, "badge");
  await (await openWayBook(state)).change(() => slow);
  await using kiosk = startKiosk(state);
  await kiosk.url();

  const ways = await runLintel("ways", "--state", state);
  expect(ways.stdout).toMatch(/^face +half of them within 0\.8\d s; 0 of 30 visits in vain \(0 %\)$/m);
  expect(ways.stdout).toMatch(/^badge +half of them within [34]\.\d\d s; 1 of 31 visits in vain \(3 %\)$/m);
  expect(ways.stdout).toMatch(/^badge: takes more than half as long again as a face\./m);
  expect(ways.code).toBe(1);

  const selfcheck = await runLintel("selfcheck", "--state", state, "--time-zone", "Europe/Berlin");
  expect(selfcheck.stdout).toMatch(
    /^BROKEN L6 .*\n +without a face one pays: badge takes more than half as long again/m,
  );
  expect(await kiosk.end()).toEqual({ code: 0, signal: null });
  using journal = new DatabaseSync(join(state, "journal.sqlite"), { readOnly: true });
  const rows = journal.prepare("select jws from record").all() as { jws: string }[];
  const alarms = rows.map(({ jws }) => eventOf(jws).data).filter((data) => "act" in data && data.act === "alarm");
  expect(alarms).toMatchObject([{ by: "selfcheck", detail: expect.stringMatching(/do not hold: (.* )?L6\b/) }]);
});
