import { join } from "node:path";
import { expect, test } from "vitest";
import { openSystemClock } from "../../kiosk/host/clock.ts";
import { openSigner } from "../../kiosk/host/signer.ts";
import { openRotation } from "../../kiosk/rotation.ts";
import { openJournal } from "../../kiosk/store/journal.ts";
import { verifyJournal } from "../../kiosk/store/verify.ts";
import { openDemoBackend } from "../../kiosk/uplink/sim/backend.ts";
import { openSimBroker } from "../../kiosk/uplink/sim/broker.ts";
import { openUplink } from "../../kiosk/uplink/uplink.ts";
import { journalFolder } from "../crash/clockwork.ts";
import { scratch } from "../scratch.ts";
import { quick, until } from "../unit/uplink/parts.ts";
import { punch } from "./journal.ts";
import { isReceipted } from "./journal-parts.ts";

test("keys change in a backlog and in a live session: the receiver follows, and the old private halves go", async () => {
  const state = scratch();
  const ring = await openSigner(join(state, "identity"));
  const first = ring.publicJwk;
  const identity = { tenant: "acme", site: "blr-01", device: ring.device };
  const clock = await openSystemClock();
  const more = { clock, firmware: "0.1.0", boot: 1, isFirstStart: ring.fresh, ballastBytes: 65_536 };
  await using journal = await openJournal({ directory: journalFolder(state), identity, signer: ring, ...more });
  const name = "demo-backend";
  const rotation = openRotation({ ring, journal, clock, receivers: [name] });
  const rotate = (id: string) => rotation.handle({ id, op: "key.rotate", args: {}, expiresUtcMs: 0 });
  const grow = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1) await journal.append(punch(), clock.now());
  };
  await grow(40);
  await rotate("offline-1");
  await grow(40);
  await rotate("offline-2");
  await grow(5);

  await using broker = await openSimBroker();
  await using backend = await openDemoBackend({
    broker: { brokerUrl: broker.backendUrl },
    device: { identity, jwk: first },
    stateDir: state,
    clock,
    coalesceMs: 20,
  });
  await using uplink = await openUplink({
    broker: { brokerUrl: broker.deviceUrl },
    receiver: backend.receiver,
    ...{ identity, signer: ring, journal, clock, fw: "0.1.0", simulated: true, pace: quick },
  });
  await until("the backlog is receipted over two changes of keys", () => isReceipted(journal, name), 45_000);
  expect(await rotation.retire()).toHaveLength(2);

  await rotate("live");
  await grow(10);
  uplink.wake();
  await until("what came after the third change is receipted", () => isReceipted(journal, name), 45_000);
  expect(await rotation.retire()).toHaveLength(1);
  expect(backend.counts()).toMatchObject({ forks: 0 });
  expect(journal.waiting(name)).toBe(0);
  expect(verifyJournal(journalFolder(state), { publicKeys: [first] }).firstBad).toBeNull();
}, 180_000);
