import { join } from "node:path";
import { expect, test } from "vitest";
import type { KeychangeData } from "../../kiosk/core/record.ts";
import { openSigner } from "../../kiosk/host/signer.ts";
import { eventOf } from "../../kiosk/store/make-record.ts";
import { kidIn } from "../../kiosk/store/succession.ts";
import { verifyJournal } from "../../kiosk/store/verify.ts";
import { scratch } from "../scratch.ts";
import { journalFolder, openClockJournal } from "./clockwork.ts";
import { linesUntilKilled } from "./killed.ts";

test("killed ten times while its keys change: each record has the key that the chain names, no order makes two keys", async () => {
  const state = scratch();
  const first = (await openSigner(join(state, "identity"))).publicJwk;
  const thanked = new Map<string, string>();
  let done = -1;
  for (let round = 0; round < 10; round += 1) {
    // The order after the last that ended: it may have been begun, and is given again.
    for (const line of await linesUntilKilled("rotator.ts", [state, String(done + 1)], Math.random() * 150)) {
      const [word, a = "", b = "", rh = ""] = line.split(" ");
      if (word === "DONE") done = Number(a);
      else {
        expect(thanked.has(`${a}/${b}`), `${a}/${b} is new`).toBe(false);
        thanked.set(`${a}/${b}`, rh);
      }
    }
    // Proved from the first key alone: the others are learned from the chain.
    expect(verifyJournal(journalFolder(state), { publicKeys: [first] }).firstBad).toBeNull();
  }
  await using journal = await openClockJournal(state);
  expect(journal.notice).toBeNull();
  for (const [place, rh] of thanked) {
    const [epoch = 0, seq = 0] = place.split("/").map(Number);
    expect(journal.at({ epoch, seq })?.rh, place).toBe(rh);
  }
  const changes = journal.read({ epoch: 0, seq: -1 }, 100_000).filter(({ type }) => type === "keychange");
  expect(done).toBeGreaterThan(3);
  // Each order that ended made one change, and the one that was cut short at most one.
  expect(changes.length).toBeGreaterThanOrEqual(done + 1);
  expect(changes.length).toBeLessThanOrEqual(done + 2);
  const ring = await openSigner(join(state, "identity"));
  const last = changes.at(-1);
  expect(last && (eventOf(last.jws).data as KeychangeData).new.kid).toBe(ring.kid);
  const head = journal.at(journal.head());
  expect(head && kidIn(head.jws)).toBe(ring.kid);
}, 120_000);
