import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createAlarm } from "../../../kiosk/alarm.ts";
import type { InsideCard } from "../../../kiosk/core/desk.ts";
import { compareWays } from "../../../kiosk/core/even-ways.ts";
import type { Event } from "../../../kiosk/core/event.ts";
import { testClock } from "../../../kiosk/host/clock.ts";
import { createInside } from "../../../kiosk/inside.ts";
import { createClerk } from "../../../kiosk/office/clerk.ts";
import { createReaders } from "../../../kiosk/readers.ts";
import { openMemoryJournal } from "../../../kiosk/store/memory-journal.ts";
import { openPeople } from "../../../kiosk/store/people.ts";
import { openTestConsents } from "../consent/parts.ts";
import { testHash } from "../store/card-hash.ts";
import { identity, newKey } from "../uplink/parts.ts";

/** What the desk does about promises and emergencies. */

const overdue = [{ cls: "visitor", due: 2 }];
const ana = { who: "person", name: "Ana Morales", sinceLocal: null, loc: "gate", isDoubtful: false } as const;

async function openDesk() {
  const directory = await mkdtemp(join(tmpdir(), "lintel-promises-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const clock = testClock(Date.UTC(2026, 10, 23, 9));
  const key = newKey();
  const journal = openMemoryJournal({ identity, signer: key.signer, clock, firmware: "0.1.0", boot: 1 });
  const people = await openPeople({ hashCard: testHash, directory });
  const posted: Event[] = [];
  const post = (event: Event): void => void posted.push(event);
  const clerk = createClerk({
    ...{ journal, people, consents: openTestConsents({ key, journal, people }), clock, spaceId: "s", post },
    ...{ hashCard: testHash, readers: createReaders({ hash: testHash, profiles: [] }), changed: () => {} },
    uplink: () => ({ online: false, waiting: 0, receipted: null, receiver: "payroll", trouble: null }),
    alarm: createAlarm({ clock, post }),
    muster: () => [ana],
    inside: createInside({
      gallery: () => [],
      closed: () => null,
      overdue: async () => overdue,
      keys: () => "software",
      time: () => clock.quality().source,
      ways: () => compareWays({}, "2026-11-23"),
    }),
  });
  const ask = (request: Parameters<typeof clerk.answer>[0]) =>
    clerk.answer(request, () => {}, new AbortController().signal);
  const audits = () =>
    journal
      .read({ epoch: 0, seq: -1 }, 1000)
      .map(({ jws }) => JSON.parse(Buffer.from(jws.split(".")[1] ?? "", "base64url").toString()))
      .filter(({ type }) => type === "dev.lintel.audit.v1")
      .map(({ data }) => data);
  return { ask, posted, audits, clock };
}

test("what a selfcheck found is one record, and what does not hold one more: an alarm that names the promises", async () => {
  const { ask, audits } = await openDesk();
  expect(await ask({ ask: "selfcheck", found: { holds: 40, unchecked: 2, broken: [] } })).toEqual({
    noted: "selfcheck",
  });
  const broken = Array.from({ length: 20 }, (_, n) => `P${n + 1}`);
  await ask({ ask: "selfcheck", found: { holds: 20, unchecked: 2, broken } });
  expect(audits()).toEqual([
    { act: "selfcheck", sub: null, by: "selfcheck", detail: "40 hold, 0 do not, 2 cannot be checked here" },
    { act: "selfcheck", sub: null, by: "selfcheck", detail: "20 hold, 20 do not, 2 cannot be checked here" },
    {
      ...{ act: "alarm", sub: null, by: "selfcheck" },
      detail: `promises that do not hold: ${broken.slice(0, 16).join(" ")} and more`,
    },
  ]);
});

test("the clock says of itself what nobody else can know", async () => {
  const { ask } = await openDesk();
  const card: InsideCard = {
    overdue,
    faces: { loaded: 0, withoutConsent: 0 },
    keys: "software",
    time: "ntp",
    ways: compareWays({}, "2026-11-23"),
  };
  expect(await ask({ ask: "inside" })).toEqual(card);
});

test("a template that is loaded although its gate is closed is counted", async () => {
  const template = { person: "p_00000000000000000ana" } as never;
  const inside = createInside({
    gallery: () => [template, template],
    closed: (one) => (one === template ? "withdrawn" : null),
    ...{
      overdue: async () => [],
      keys: () => null,
      time: () => "none" as const,
      ways: () => compareWays({}, "2026-11-23"),
    },
  });
  expect((await inside()).faces).toEqual({ loaded: 2, withoutConsent: 2 });
});

test("the list for an evacuation and the alert are one request each", async () => {
  const { ask, posted, clock } = await openDesk();
  expect(await ask({ ask: "muster" })).toEqual({ lines: [ana] });
  await ask({ ask: "alert", act: "raised" });
  await ask({ ask: "alert", act: "cleared" });
  const answer = (act: string) => ({
    kind: "counter",
    answer: { of: "alert", is: "ordered", act, cmd: null },
    at: clock.now(),
  });
  expect(posted).toEqual([answer("raised"), answer("cleared")]);
});
