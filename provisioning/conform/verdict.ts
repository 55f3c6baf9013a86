import { merkleRoot } from "../../kiosk/core/chain.ts";
import { LuError } from "../../kiosk/core/jws.ts";
import type { Identity, Position } from "../../kiosk/core/record.ts";
import { checkAudience } from "../../kiosk/uplink/contract/audience.ts";
import { acceptConfig, configEvent } from "../../kiosk/uplink/contract/config.ts";
import { unwrapIngress } from "../../kiosk/uplink/contract/ingress.ts";
import { type CloudKey, keyFromJwk, type NamedKey, unwrapFromCloud } from "../../kiosk/uplink/contract/keys.ts";
import { nextKeyOf } from "../../kiosk/uplink/contract/next-key.ts";
import { acceptCommand } from "../../kiosk/uplink/contract/orders.ts";
import { profiles } from "../../kiosk/uplink/contract/profiles.ts";
import { readAck } from "../../kiosk/uplink/contract/receipt.ts";
import { timeReply } from "../../kiosk/uplink/contract/requests.ts";
import { rosterPage } from "../../kiosk/uplink/contract/roster.ts";
import { generic5 } from "../../kiosk/uplink/contract/topics.ts";
import { isConsistent, isIncluded } from "../../kiosk/uplink/contract/tree.ts";
import { fixedTime, timeFromReply } from "../../kiosk/uplink/contract/true-time.ts";
import { rosterRoot, turnPages } from "../../kiosk/uplink/contract/turn-pages.ts";
import { openLedger } from "../../kiosk/uplink/receiver/ledger.ts";
import { openMemoryShelf } from "../../kiosk/uplink/receiver/memory-shelf.ts";
import { type KeyRegistry, openKeyRegistry } from "../../kiosk/uplink/receiver/registry.ts";
import {
  type VerifiedRecord,
  verifyRecord,
  verifyRecords,
  verifyStatus,
  verifySync,
} from "../../kiosk/uplink/receiver/verify.ts";
import { type CloudKeys, type DeviceKeys, inputs, type Jwk } from "./inputs.ts";

/**
 * What the product makes of a conformance case.
 *
 * @returns what a right verifier says after `ok`.
 * @throws LuError where the right answer is a number.
 */
export function verdictOn(kind: string, input: unknown): unknown {
  const judge = judges[kind];
  if (judge === undefined) throw new RangeError(`no such kind of case: ${kind}`);
  return judge(input);
}

const judges: Readonly<Record<string, (input: unknown) => unknown>> = {
  key: (input) => {
    const named = keyOrNull(inputs.key.parse(input).jwk);
    if (named === null) throw new LuError(1004, "not a key that may be registered");
    return { kid: named.kid };
  },
  message: (input) => {
    const { channel, keys, topic, bytes } = inputs.message.parse(input);
    const registry = registryOf(keys);
    const from = topic === undefined ? undefined : generic5.decode(topic)?.device;
    if (channel === "sta") return { id: verifyStatus(bytes, registry, from).id };
    if (channel === "req") return { id: verifySync(bytes, registry, from).id };
    return { records: recordsIn(bytes, registry, from) };
  },
  ingress: (input) => {
    const { keys, bytes } = inputs.ingress.parse(input);
    const inside = unwrapIngress(bytes);
    return { records: recordsIn(inside.bytes, registryOf(keys), generic5.decode(inside.topic ?? "")?.device) };
  },
  stream: (input) => {
    const { source, keys, messages } = inputs.stream.parse(input);
    const registry = registryOf(keys);
    const ledger = openLedger(openMemoryShelf());
    const refused: number[] = [];
    for (const record of messages.flatMap((bytes) => verifyRecords(bytes, registry))) {
      if (record instanceof LuError) refused.push(record.code);
      else ledger.take(record);
    }
    const stands = ledger.stands(source).map(({ epoch, upto, rh, miss, lost, bad, forks }) => {
      return { epoch, upto, rh, miss, lost, bad: bad.map(({ seq, code }) => [seq, code]), forks };
    });
    return { stands, refused };
  },
  keychange: (input) => {
    const { keys, bytes } = inputs.keychange.parse(input);
    const { event, jws } = verifyRecord(bytes, registryOf(keys));
    if (event.type !== "dev.lintel.keychange.v1") throw new LuError(1001, "no change of keys");
    return { kid: nextKeyOf(event, kidIn(jws)).kid };
  },
  root: (input) => ({ root: merkleRoot(inputs.root.parse(input).hashes) }),
  inclusion: (input) => {
    const { hash, index, size, path, root } = inputs.inclusion.parse(input);
    return proved(isIncluded(hash, index, size, path, root));
  },
  consistency: (input) => {
    const { first, second, firstRoot, secondRoot, path } = inputs.consistency.parse(input);
    return proved(isConsistent(first, second, firstRoot, secondRoot, path));
  },
  checkpoint: (input) => {
    const { hashes, data } = inputs.checkpoint.parse(input);
    const before = hashes.slice(0, data.size);
    return proved(before.length === data.size && before.at(-1) === data.head && merkleRoot(before) === data.root);
  },
  receipt: (input) => {
    const { device, receiver, keys, head, hashes, bytes } = inputs.receipt.parse(input);
    const { ep, upto, miss, have } = readAck(bytes, {
      device: identityOf(device),
      receiver,
      keys: cloudKeysOf(keys),
      head: positionOf(head),
      rhAt: ({ epoch, seq }) => hashes[`${epoch}/${seq}`],
    });
    return { epoch: ep, upto, miss, ...(have.length > 0 && { have }) };
  },
  command: (input) => {
    const { device, groups, keys, clock, low, executed, bytes } = inputs.command.parse(input);
    const { id, data } = acceptCommand(bytes, {
      device: identityOf(device),
      groups,
      keys: cloudKeysOf(keys),
      now: { utcMs: clock.utc, errMs: clock.err, src: clock.src },
      seen: { low: (role) => low[role] ?? -1, has: (one) => executed.includes(one) },
    });
    return { id, op: data.op };
  },
  roster: (input) => {
    const { device, groups, keys, have, pages } = inputs.roster.parse(input);
    const cloud = cloudKeysOf(keys);
    const turned = pages.map((bytes) => {
      const page = rosterPage.safeParse(unwrapFromCloud(bytes, "lintel-ros+jws", "ros", cloud).event);
      if (!page.success) throw new LuError(1001, "no roster page");
      checkAudience(page.data.data.aud, identityOf(device), groups);
      return page.data.data;
    });
    const items = new Map(have.items.map(([id, v, text]) => [id, { v, text }]));
    const roster = turnPages({ v: have.v, items, gone: new Map(have.gone) }, turned);
    return { v: roster.v, root: rosterRoot(roster.items) };
  },
  config: (input) => {
    const { device, groups, keys, have, fw, bytes } = inputs.config.parse(input);
    const event = configEvent.safeParse(unwrapFromCloud(bytes, "lintel-cfg+jws", "cfg", cloudKeysOf(keys)).event);
    if (!event.success) throw new LuError(1001, "no settings");
    checkAudience(event.data.data.aud, identityOf(device), groups);
    acceptConfig(event.data.data, have, fw);
    return { v: event.data.data.v };
  },
  time: (input) => {
    const { keys, asked, bytes } = inputs.time.parse(input);
    const event = timeReply.safeParse(unwrapFromCloud(bytes, "lintel-tim+jws", "tim", cloudKeysOf(keys)).event);
    if (!event.success) throw new LuError(1001, "no answer about the time");
    const { n, sent, got } = asked;
    const { fromMs, toMs } = timeFromReply({ n, sentMono: sent, gotMono: got }, event.data.data);
    return { from: fromMs, to: toMs };
  },
  timefix: (input) => {
    const { record, fix } = inputs.timefix.parse(input);
    const { utcMs, errMs } = fixedTime(record, fix);
    return { utc: utcMs, err: errMs };
  },
  topic: (input) => {
    const { profile, home, topic } = inputs.topic.parse(input);
    const address = profiles[profile].codec(home).decode(topic);
    if (address === null) throw new LuError(1001, "no topic of ours");
    return { ...address.device, channel: address.channel };
  },
};

function recordsIn(bytes: Uint8Array, keys: KeyRegistry, from: Identity | undefined): readonly unknown[] {
  const answers = verifyRecords(bytes, keys, from);
  const [only] = answers;
  const isBatch = bytes[0] === 0x1f;
  if (!isBatch && only instanceof LuError) throw only;
  return answers.map((answer) => (answer instanceof LuError ? { code: answer.code } : summaryOf(answer)));
}

function summaryOf({ event, rh, flaw }: VerifiedRecord): object {
  const { epoch, seq, type } = event;
  return { epoch, seq, type, rh, ...(flaw === null ? {} : { flaw }) };
}

/** Of a token that was verified, so its header can be read. */
const kidIn = (jws: string): string =>
  (JSON.parse(Buffer.from(jws.split(".")[0] ?? "", "base64url").toString()) as { kid: string }).kid;

function proved(isSo: boolean): object {
  if (!isSo) throw new LuError(2002, "the proof does not hold");
  return {};
}

function keyOrNull({ kty, crv, x, y }: Jwk): NamedKey | null {
  try {
    return keyFromJwk(y === undefined ? { kty, crv, x } : { kty, crv, x, y });
  } catch {
    return null;
  }
}

/** Keys that may not be registered are not. */
function registryOf(keys: DeviceKeys): KeyRegistry {
  const registry = openKeyRegistry();
  for (const { jwk, source, from, upto } of keys) {
    const named = keyOrNull(jwk);
    if (named === null) continue;
    const span = { ...(from && { from: positionOf(from) }), ...(upto && { upto: positionOf(upto) }) };
    registry.add(identityOf(source), named.kid, named.key, span);
  }
  return registry;
}

function cloudKeysOf(keys: CloudKeys): readonly CloudKey[] {
  return keys.flatMap(({ jwk, role, source }) => {
    const named = keyOrNull(jwk);
    return named === null ? [] : [{ ...named, role, source }];
  });
}

function identityOf(source: string): Identity {
  const [, , tenant = "", site = "", device = ""] = source.split(":");
  return { tenant, site, device };
}

const positionOf = ([epoch, seq]: readonly [number, number]): Position => ({ epoch, seq });
