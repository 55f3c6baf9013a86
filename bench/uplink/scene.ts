import { connectAsync } from "mqtt";
import type { PublicJwk } from "../../kiosk/core/kid.ts";
import type { Journal } from "../../kiosk/core/ports/journal.ts";
import type { Clock } from "../../kiosk/core/ports/senses.ts";
import { isBefore } from "../../kiosk/core/record.ts";
import { structuredContentType } from "../../kiosk/uplink/contract/envelope.ts";
import { generic5 } from "../../kiosk/uplink/contract/topics.ts";
import { openUplink } from "../../kiosk/uplink/uplink.ts";
import type { CountingReceiver } from "./counting-receiver.ts";
import { identity, type Key } from "./device.ts";

/** A backlog on its way, by our uplink and by mqtt.js alone. */

const windowSize = 64;

export interface Scene {
  readonly brokerUrl: string;
  readonly device: Key;
  readonly clock: Clock;
  readonly journal: Journal;
}

export const optionsOf = (
  { brokerUrl, device, clock, journal }: Scene,
  receiver: { readonly name: string; readonly jwk: PublicJwk },
  batches: boolean,
) => ({
  ...{ broker: { brokerUrl }, receiver, identity, signer: device.signer },
  ...{ journal, clock, fw: "bench", simulated: false, batches },
});

let drains = 0;

/** Until the last record is receipted. */
export async function drain(
  scene: Scene,
  receiver: CountingReceiver,
  batches: boolean,
  publishesPerS = Number.POSITIVE_INFINITY,
): Promise<void> {
  drains += 1;
  const name = `r${drains}`;
  await receiver.expect(name);
  await using uplink = await openUplink({
    ...optionsOf(scene, { name, jwk: receiver.jwk }, batches),
    pace: { publishesPerS },
  });
  const { signal } = new AbortController();
  for await (const _ of uplink.news(signal)) {
    if (!isBefore(scene.journal.cursor(name), scene.journal.head())) return;
  }
}

/** As fast as mqtt.js does it: as many publishes at one time, each waiting for its PUBACK. */
export async function publishAll(brokerUrl: string, messages: readonly Uint8Array[]): Promise<void> {
  const client = await connectAsync(brokerUrl, { protocolVersion: 5, reconnectPeriod: 0 });
  const topic = generic5.up(identity, "rec");
  const properties = { contentType: structuredContentType };
  let next = 0;
  await Promise.all(
    Array.from({ length: windowSize }, async () => {
      for (let message = messages[next++]; message !== undefined; message = messages[next++]) {
        await client.publishAsync(topic, message as Buffer, { qos: 1, properties });
      }
    }),
  );
  await client.endAsync();
}
