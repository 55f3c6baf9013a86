import { Socket } from "node:net";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { gunzipSync } from "node:zlib";
import { connectAsync } from "mqtt";
import { recordHash } from "../../kiosk/core/chain.ts";
import { signJws } from "../../kiosk/core/jws.ts";
import { wrap } from "../../kiosk/uplink/contract/envelope.ts";
import { generic5 } from "../../kiosk/uplink/contract/topics.ts";
import type { SignedEvent } from "../../kiosk/uplink/contract/wire.ts";
import { identity, newKey } from "./device.ts";

/**
 * The receiver's thread: receipts every 500 records and 20 ms after the last. It keeps tokens only until those before them
 * have come: what it would hoard, its collector would have to walk, on the cores of the device that is measured.
 */
if (parentPort !== null) await receive(parentPort);

async function receive(port: MessagePort): Promise<void> {
  const { brokerUrl } = workerData as { readonly brokerUrl: string };
  const own = newKey();
  const client = await connectAsync(brokerUrl, { protocolVersion: 5 });
  // As a real one does: a receipt does not wait until TCP has confirmed what went before.
  if (client.stream instanceof Socket) client.stream.setNoDelay(true);
  let name = "";
  let upto = -1;
  let newest: string | undefined;
  let sinceReceipt = 0;
  let tokens = new Map<number, string>();
  let wanted = Number.POSITIVE_INFINITY;
  const take = (seq: number, jws: string) => {
    if (seq > upto + 1) tokens.set(seq, jws);
    if (seq !== upto + 1) return;
    newest = jws;
    upto = seq;
    for (let next = tokens.get(upto + 1); next !== undefined; next = tokens.get(upto + 1)) {
      newest = next;
      upto += 1;
      tokens.delete(upto);
    }
  };
  const tellWhenAll = () => {
    if (upto + 1 + tokens.size < wanted) return;
    wanted = Number.POSITIVE_INFINITY;
    port.postMessage({});
  };
  let bell: NodeJS.Timeout | undefined;
  const receipt = () => {
    clearTimeout(bell);
    bell = undefined;
    sinceReceipt = 0;
    const at = new Date().toISOString();
    const rh = newest === undefined ? "A".repeat(43) : recordHash(newest.slice(0, newest.lastIndexOf(".")));
    const data = { dev: identity.device, ep: 1, upto, rh, miss: [], bad: [], at };
    const event: SignedEvent = {
      ...{ specversion: "1.0", id: `${Math.random()}`, source: `urn:lintel:bench:cloud:${name}` },
      ...{ type: "dev.lintel.ack.v1", time: at, data: { ...data, rcv: name } },
    };
    const bytes = wrap(signJws("lintel-ack+jws", JSON.stringify(event), own.signer).jws, event);
    client.publish(generic5.down(identity, "ack"), Buffer.from(bytes), { qos: 1 });
  };
  client.on("message", (topic, payload) => {
    if (topic === generic5.up(identity, "req")) return receipt();
    for (const jws of tokensIn(payload)) {
      take(seqOf(jws), jws);
      sinceReceipt += 1;
    }
    tellWhenAll();
    if (sinceReceipt >= 500) receipt();
    else bell ??= setTimeout(receipt, 20);
  });
  await client.subscribeAsync([generic5.up(identity, "rec"), generic5.up(identity, "req")], { qos: 1 });
  port.on("message", (next: string | number) => {
    if (typeof next === "number") {
      wanted = next;
      return tellWhenAll();
    }
    name = next;
    upto = -1;
    newest = undefined;
    sinceReceipt = 0;
    tokens = new Map();
    port.postMessage({});
  });
  port.postMessage({ jwk: own.jwk });
}

/** Without the checks of a real receiver: the device is what is measured. */
function tokensIn(payload: Buffer): readonly string[] {
  const isBatch = payload[0] === 0x1f;
  const { data } = JSON.parse(
    (isBatch ? gunzipSync(payload, { chunkSize: 128 * 1024 }) : payload).toString("latin1"),
  ) as { data: unknown };
  return isBatch ? (data as { records: string[] }).records : [String(data)];
}

/** From the beginning of the payload, so that a receiver that verifies nothing costs next to nothing. */
function seqOf(jws: string): number {
  const from = jws.indexOf(".") + 1;
  const start = Buffer.from(jws.slice(from, from + 400), "base64url").toString("latin1");
  return Number(/"seq":(\d+)/.exec(start)?.[1]);
}
