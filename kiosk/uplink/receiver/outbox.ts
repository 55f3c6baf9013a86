import { randomUUID } from "node:crypto";
import { type Signer, signJws } from "../../core/jws.ts";
import type { Identity } from "../../core/record.ts";
import { sourceOf } from "../../core/record.ts";
import { utcText } from "../../core/time.ts";
import type { CommandEvent } from "../contract/command.ts";
import { wrap } from "../contract/envelope.ts";
import { ops } from "../contract/orders.ts";
import { generic5, type TopicCodec } from "../contract/topics.ts";
import type { Letter } from "./letter.ts";
import type { OrderShelf } from "./order-shelf.ts";

/**
 * Orders to clocks, until each of them said what became of it. No broker queue is relied on: whatever is open is sent
 * again after a clock's birth, and a clock runs the same order once. What a clock says of an order is a record like any
 * other, and closes it in the transaction that keeps it.
 */
export interface CommandOutbox {
  /**
   * Signs an order with the keys of the roles it needs, and keeps it open.
   *
   * @param validMs at most 30 days.
   * @throws RangeError for an order that does not exist, or that we hold no key for.
   */
  readonly order: (
    device: Identity,
    op: string,
    args: Readonly<Record<string, unknown>>,
    validMs: number,
  ) => Promise<{ readonly id: string; readonly letter: Letter }>;
  /** What is open for a clock that was just born, oldest first. */
  readonly due: (source: string) => Promise<readonly Letter[]>;
  /** Of all clocks what nobody sent yet, or sent long ago without an answer. Each is given to one caller. */
  readonly turns: () => Promise<readonly Letter[]>;
}

export interface OutboxOptions {
  /** `urn:lintel:{tenant}:cloud:{issuer}` is who orders. */
  readonly issuer: string;
  /** By role: `cmd:ops`, `cmd:cfg`, … */
  readonly signers: ReadonlyMap<string, Signer>;
  /** Of the sink that keeps the records: `sink.orders`. */
  readonly shelf: OrderShelf;
  readonly nowMs?: () => number;
  readonly codec?: TopicCodec;
}

/** Orders that are sent in one go. */
const turnMax = 100;

export function openOutbox({
  issuer,
  signers,
  shelf,
  nowMs = Date.now,
  codec = generic5,
}: OutboxOptions): CommandOutbox {
  let lastCount = 0;
  return {
    order: async (device, op, args, validMs) => {
      const now = nowMs();
      // Counts up across restarts and receivers, as far as their clocks go forward; a clock tells orders apart by id.
      lastCount = Math.max(lastCount + 1, now);
      const event: CommandEvent = {
        specversion: "1.0",
        id: randomUUID(),
        source: `urn:lintel:${device.tenant}:cloud:${issuer}`,
        type: "dev.lintel.cmd.v1",
        time: utcText(now),
        data: { op, aud: [device.device], cn: lastCount, nbf: utcText(now), exp: utcText(now + validMs), args },
      };
      const letter = { topic: codec.down(device, "cmd"), bytes: signed(event, signersOf(op, signers)) };
      const told = { id: event.id, source: sourceOf(device), op, orderedMs: now, expiresMs: now + validMs };
      await shelf.put({ ...told, letter });
      return { id: event.id, letter };
    },
    due: async (source) => (await shelf.open(source, nowMs())).map(({ letter }) => letter),
    turns: async () => (await shelf.claim(nowMs(), turnMax)).map(({ letter }) => letter),
  };
}

function signersOf(op: string, signers: ReadonlyMap<string, Signer>): readonly Signer[] {
  const roles = ops.get(op);
  if (roles === undefined) throw new RangeError(`no such order: ${op}`);
  return roles.map((role) => {
    const signer = signers.get(role);
    if (signer === undefined) throw new RangeError(`${op} needs a key of the role ${role}`);
    return signer;
  });
}

/** Two signatures over one text where two roles have to agree. */
function signed(event: CommandEvent, signers: readonly Signer[]): Uint8Array {
  const text = JSON.stringify(event);
  const tokens = signers.map((signer) => signJws("lintel-cmd+jws", text, signer).jws);
  const [only = ""] = tokens;
  if (tokens.length === 1) return wrap(only, event);
  return Buffer.from(
    JSON.stringify({
      specversion: "1.0",
      id: event.id,
      source: event.source,
      type: "dev.lintel.cmd2.v1",
      datacontenttype: "application/json",
      data: { jws: tokens },
    }),
  );
}
