import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openSystemClock } from "../../kiosk/host/clock.ts";
import { openJournal } from "../../kiosk/store/journal.ts";
import { openMemoryJournal } from "../../kiosk/store/memory-journal.ts";
import { pack } from "../../kiosk/uplink/contract/batch.ts";
import { eventOfOwn, wrap } from "../../kiosk/uplink/contract/envelope.ts";
import { profiles } from "../../kiosk/uplink/contract/profiles.ts";
import { bound, compare, type Row } from "../measure.ts";
import { type CountingReceiver, openCountingReceiver } from "../uplink/counting-receiver.ts";
import { body, identity, newKey } from "../uplink/device.ts";
import { month } from "../uplink/month.ts";
import { openMosquitto } from "../uplink/mosquitto.ts";
import { drain, publishAll, type Scene } from "../uplink/scene.ts";

/** A backlog on its way, against mqtt.js sending the same bytes; mosquitto in between, a receiver on a thread of its own. */

/** Of mqtt.js, by what a drain does besides sending: the journal read, the receipt, the cursor. Batches: five times that. */
const singleTarget = 0.6;
const usualPublishesPerS = profiles.generic5.publishesPerS;

export async function measure(): Promise<readonly Row[]> {
  await using house = new AsyncDisposableStack();
  const brokerUrl = await openMosquitto(house);
  const device = newKey();
  const clock = await openSystemClock();
  const directory = mkdtempSync(join(import.meta.dirname, "../results-"));
  house.defer(() => rmSync(directory, { recursive: true }));
  const journal = house.use(
    await openJournal({
      ...{ directory, identity, signer: device.signer, clock },
      ...{ firmware: "bench", boot: 1, isFirstStart: true },
    }),
  );
  const backlog = 100_000;
  for (let left = backlog; left > 0; left -= 10_000) {
    await Promise.all(Array.from({ length: 10_000 }, () => journal.append(body(clock), clock.now())));
  }
  const scene = { brokerUrl, device, clock, journal };
  const receiver = house.use(await openCountingReceiver(brokerUrl));
  const few = openMemoryJournal({ identity, signer: device.signer, clock, firmware: "bench", boot: 1 });
  for (let n = 0; n < 800; n += 1) await few.append(body(clock), clock.now());
  const small = { ...scene, journal: few };
  const single = () => drain(scene, receiver, false);
  return [
    await againstMqttJs({
      ...{ what: "drain, one record in one message: read, wrap, send, receipt, cursor", target: singleTarget },
      ...{ scene, receiver, ours: single },
    }),
    await againstMqttJs({
      ...{ what: "drain in gzip batches: read, pack, send, receipt, cursor", target: 5 * singleTarget },
      ...{ scene, receiver, ours: () => drain(scene, receiver, true) },
    }),
    await compare({
      what: "the same drain in gzip batches",
      against: "one record in one message",
      reads: "faster",
      target: 5,
      ours: () => drain(scene, receiver, true),
      theirs: single,
      rounds: 5,
      repeat: 1,
    }),
    await compare({
      what: "800 records in gzip batches, within the 200 messages a second that a shared broker allows",
      against: "one record in one message, within the same",
      reads: "faster",
      target: 5,
      ours: () => drain(small, receiver, true, usualPublishesPerS),
      theirs: () => drain(small, receiver, false, usualPublishesPerS),
      rounds: 2,
      repeat: 1,
    }),
    ...sizes(journal.read({ epoch: 1, seq: backlog - 200 }, 200).map(({ jws }) => jws)),
    ...(await month(brokerUrl, device, clock)),
  ];
}

/** What mqtt.js sends lies in memory, so it goes before the next row: the collector's walks would be counted there. */
async function againstMqttJs({ what, target, scene, receiver, ours }: Drain): Promise<Row> {
  const records = scene.journal.read({ epoch: 0, seq: -1 }, Number.MAX_SAFE_INTEGER);
  const messages = records.map(({ jws }) => wrap(jws, eventOfOwn(jws)));
  return compare({
    what: `${messages.length} records: ${what}`,
    against: "mqtt.js with QoS 1, the same records one by one, the same window, until the receiver has them",
    reads: "faster",
    target,
    ours,
    theirs: async () => {
      await receiver.expect("nobody");
      await publishAll(scene.brokerUrl, messages);
      await receiver.has(messages.length);
    },
    rounds: 7,
    repeat: 1,
  });
}

interface Drain {
  readonly what: string;
  readonly target: number;
  readonly scene: Scene;
  readonly receiver: CountingReceiver;
  readonly ours: () => Promise<void>;
}

function sizes(tokens: readonly string[]): readonly Row[] {
  const structured = tokens.map((jws) => wrap(jws, eventOfOwn(jws)).length);
  const batched = (pack(tokens.slice(0, 50))?.length ?? Number.NaN) / 50;
  const most = (values: readonly number[]) => Math.max(...values);
  return [
    bound("bytes of a punch, structured", most(structured), 1400, "B"),
    bound("bytes of a punch, bare", most(tokens.map(({ length }) => length)), 1100, "B"),
    bound("bytes of a punch, in a batch of 50", batched, 320, "B"),
  ];
}
