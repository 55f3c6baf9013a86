import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { WorkRequest } from "../../../kiosk/core/desk.ts";
import { isOfGate } from "../../../kiosk/core/duties.ts";
import { personId } from "../../../kiosk/core/person.ts";
import { parseRequest, pinAnswer, requestLine } from "../../../kiosk/desk/messages.ts";
import { createClerk } from "../../../kiosk/office/clerk.ts";
import { createReaders } from "../../../kiosk/readers.ts";
import { openMemoryJournal } from "../../../kiosk/store/memory-journal.ts";
import { openPeople } from "../../../kiosk/store/people.ts";
import { openPins } from "../../../kiosk/store/pins.ts";
import { openTestConsents } from "../consent/parts.ts";
import { testHash } from "../store/card-hash.ts";
import { realClock as clock, identity, newKey } from "../uplink/parts.ts";

const workIn = (line: string): WorkRequest => {
  const { request } = parseRequest(line);
  if (isOfGate(request)) throw new Error("the gate answers that");
  return request;
};

const ana = personId("p_00000000000000000ana");

async function openClerk(isPinned: boolean) {
  const directory = await mkdtemp(join(tmpdir(), "lintel-pin-desk-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const key = newKey();
  const { signer } = key;
  const people = await openPeople({ hashCard: testHash, directory: join(directory, "people") });
  await people.put({ id: ana, displayName: "Ana Morales", badges: [], lookAlikes: [] }, null);
  const pins = await openPins({ directory: join(directory, "pins"), boot: 1, now: clock.now });
  const journal = openMemoryJournal({ identity, signer, clock, firmware: "0", boot: 1 });
  const clerk = createClerk({
    journal,
    consents: openTestConsents({ key, journal, people }),
    ...{ people, clock, spaceId: "none", post: () => {}, changed: () => {}, hashCard: testHash },
    readers: createReaders({ hash: testHash, profiles: [] }),
    uplink: () => ({ online: false, waiting: 0, receipted: null, receiver: "payroll", trouble: null }),
    ...(isPinned && { pins }),
  });
  return { pins, ask: (line: string) => clerk.answer(workIn(line), () => {}, new AbortController().signal) };
}

const wish = { number: "4711", pin: "80325", duress: "91436" };

test("a PIN goes from the technician's tool to the clock, and goes with the person", async () => {
  const { pins, ask } = await openClerk(true);
  expect(pinAnswer.parse(await ask(requestLine({ ask: "pin", person: ana, wish })))).toEqual({
    person: ana,
    pin: "set",
  });
  expect(await pins.check({ who: { number: "4711" }, pin: "80325" })).toMatchObject({ is: "good", person: ana });
  await ask(requestLine({ ask: "pin-remove", person: ana }));
  expect(pins.numbers().size).toBe(0);
  await ask(requestLine({ ask: "pin", person: ana, wish }));
  await ask(requestLine({ ask: "remove", person: ana }));
  expect(pins.numbers().size).toBe(0);
});

test("nobody gets a PIN whom the clock does not know, or where it has no pad, and no complaint repeats one", async () => {
  const { ask } = await openClerk(true);
  const stranger = personId("p_00000000000000000eve");
  const line = requestLine({ ask: "pin", person: stranger, wish });
  await expect(ask(line)).rejects.toMatchObject({ code: "person-unknown" });
  const without = await openClerk(false);
  await expect(without.ask(requestLine({ ask: "pin", person: ana, wish }))).rejects.toMatchObject({
    code: "desk-refused",
  });
  const refusal = (() => {
    try {
      return parseRequest(requestLine({ ask: "pin", person: ana, wish: { number: "4711", pin: "8o325" } }));
    } catch (error) {
      return String(error);
    }
  })();
  expect(refusal).toContain("pin");
  expect(refusal).not.toContain("8o325");
});
