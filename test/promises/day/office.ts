import { generateKeyPairSync } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { connectAsync } from "mqtt";
import { onTestFinished } from "vitest";
import type { Identity } from "../../../kiosk/core/record.ts";
import { type Letter, letterTo } from "../../../kiosk/uplink/receiver/letter.ts";
import { openOutbox } from "../../../kiosk/uplink/receiver/outbox.ts";
import { emptyRoster, openRosterPublisher } from "../../../kiosk/uplink/receiver/roster-publisher.ts";
import { openSqliteSink } from "../../../kiosk/uplink/receiver/sqlite-sink.ts";
import { signerFrom } from "../../../provisioning/receive/signer.ts";
import { tapWire, type Wire } from "../../process/cloud-side.ts";

/** The cloud's side of a clock: who works here, how the clock is set, and orders. */

const roles = ["ros", "cfg", "cmd:ops"] as const;
const newKeys = () =>
  new Map(roles.map((role) => [role, signerFrom(generateKeyPairSync("ed25519").privateKey)] as const));
type Keys = ReturnType<typeof newKeys>;

/** Makes the office's keys and writes the file by which a clock knows them. */
export async function keysOfTheOffice(file: string): Promise<Keys> {
  const keys = newKeys();
  const jwks = [...keys].map(([role, { jwk }]) => ({ ...jwk, role, name: "office" }));
  await writeFile(file, JSON.stringify({ keys: jwks }));
  return keys;
}

export interface Office {
  /** What clock and office say to each other, from now on. */
  readonly wire: Wire;
  /** The whole roster, by id; until the clock says that it has it. */
  readonly employs: (people: Readonly<Record<string, object>>) => Promise<void>;
  /** Until the clock says that it tries them. */
  readonly sets: (doc: object) => Promise<void>;
  readonly orders: (op: string, args: Readonly<Record<string, unknown>>) => Promise<void>;
}

const patienceMs = 20_000;

export async function openOffice(brokerUrl: string, identity: Identity, keys: Keys): Promise<Office> {
  const client = await connectAsync(brokerUrl, { connectTimeout: 3_000, reconnectPeriod: 0 });
  onTestFinished(() => client.endAsync(true));
  const wire = await tapWire(brokerUrl);
  onTestFinished(() => wire[Symbol.asyncDispose]());
  const sink = openSqliteSink(":memory:");
  onTestFinished(() => sink[Symbol.asyncDispose]());
  const by = (role: (typeof roles)[number]) => {
    const key = keys.get(role);
    if (key === undefined) throw new Error(`no key of the role ${role}`);
    return { issuer: "office", signer: key.signer };
  };
  const signers = new Map([["cmd:ops", by("cmd:ops").signer]]);
  const outbox = openOutbox({ issuer: "office", signers, shelf: sink.orders });
  const post = async ({ topic, bytes }: Letter): Promise<void> => {
    await client.publishAsync(topic, Buffer.from(bytes), { qos: 1 });
  };
  const until = async (isSo: () => boolean, what: string): Promise<void> => {
    for (const endMs = performance.now() + patienceMs; !isSo(); await pause(30)) {
      if (performance.now() > endMs) throw new Error(`the clock never said ${what}`);
    }
  };
  let v = Math.floor(Date.now() / 1_000);
  return {
    wire,
    employs: async (people) => {
      v += 1;
      const items = new Map(Object.entries(people).map(([id, item]) => [id, { v, text: JSON.stringify(item) }]));
      const roster = { v, items, gone: new Map<string, number>() };
      for (const page of openRosterPublisher(by("ros")).pages(identity, emptyRoster, roster)) await post(page);
      await until(() => wire.statuses.some(({ ros }) => ros?.v === v), "that it has the roster");
    },
    sets: async (doc) => {
      v += 1;
      await post(letterTo(identity, "cfg", { v, min_fw: "0.0.0", doc: JSON.stringify(doc) }, by("cfg")));
      await until(
        () => wire.statuses.some(({ cfg }) => cfg?.v === v || cfg?.trying === v),
        "that it tries the settings",
      );
    },
    orders: async (op, args) => {
      const { letter } = await outbox.order(identity, op, args, 600_000);
      await post(letter);
    },
  };
}
