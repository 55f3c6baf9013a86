import { type CloudKey, keyFromJwk } from "../../../kiosk/uplink/contract/keys.ts";
import { openOutbox } from "../../../kiosk/uplink/receiver/outbox.ts";
import type { WorldBroker } from "./broker.ts";
import { identity, keyPair } from "./house.ts";
import type { Oracle } from "./oracle.ts";
import type { Time } from "./time.ts";

/** Whoever gives orders: again and again until the clock says in a record what became of them, and sometimes after that. */
export interface Boss {
  readonly order: () => Promise<void>;
  /** Everything that was ever ordered, once more: a broker's old queue, or somebody who recorded it. */
  readonly repeat: () => void;
}

const key = keyPair(20);
const issuer = "payroll";

export const bossKeys: readonly CloudKey[] = [
  { ...keyFromJwk(key.jwk), role: "cmd:ops", source: `urn:lintel:${identity.tenant}:cloud:${issuer}` },
];

const nagMs = 10_000;

export function openBoss(time: Time, broker: WorldBroker, oracle: Oracle): Boss {
  const letters = new Map<string, { readonly topic: string; readonly bytes: Uint8Array }>();
  // What is open is known from the records alone here, so the shelf has nothing to remember.
  const shelf = { put: async () => {}, open: async () => [], claim: async () => [], list: async () => [] };
  const outbox = openOutbox({ issuer, signers: new Map([["cmd:ops", key.signer]]), shelf, nowMs: time.nowMs });
  const nag = (): void => {
    for (const [id, { topic, bytes }] of letters) if (oracle.isOpen(id)) broker.send(topic, bytes);
    time.later(nagMs, nag);
  };
  time.later(nagMs, nag);
  return {
    order: async () => {
      const { id, letter } = await outbox.order(identity, "sync", {}, 30 * 24 * 3_600_000);
      oracle.ordered(id);
      letters.set(id, letter);
      broker.send(letter.topic, letter.bytes);
    },
    repeat: () => {
      for (const { topic, bytes } of letters.values()) broker.send(topic, bytes);
    },
  };
}
