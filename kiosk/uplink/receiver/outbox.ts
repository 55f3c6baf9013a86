import { randomUUID } from "node:crypto";
import { type Signer, signJws } from "../../core/jws.ts";
import type { Identity } from "../../core/record.ts";
import { sourceOf } from "../../core/record.ts";
import { utcText } from "../../core/time.ts";
import type { CommandEvent } from "../contract/command.ts";
import { wrap } from "../contract/envelope.ts";
import { ops } from "../contract/orders.ts";
import { generic5, type TopicCodec } from "../contract/topics.ts";
import type { Letter } from "./receiver.ts";
import type { VerifiedRecord } from "./verify.ts";

/**
 * Orders to clocks, until each of them said what became of it. No broker queue is relied on: whatever is open is sent
 * again after a clock's birth, and a clock runs the same order once.
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
  /** Closes what these records say is over. To be called with what `ingest` found fresh. */
  readonly settle: (records: readonly VerifiedRecord[]) => Promise<void>;
}

export interface OpenOrder {
  readonly id: string;
  readonly source: string;
  readonly letter: Letter;
  readonly expiresMs: number;
}

/** Where open orders are kept: a table of the backend's own. */
export interface OutboxShelf {
  readonly put: (order: OpenOrder) => Promise<void>;
  /** @param state `done`, `failed`, `rejected`, `expired`. */
  readonly close: (source: string, id: string, state: string) => Promise<void>;
  /** In the order in which they were put. */
  readonly open: (source: string) => Promise<readonly OpenOrder[]>;
}

export interface OutboxOptions {
  /** `urn:lintel:{tenant}:cloud:{issuer}` is who orders. */
  readonly issuer: string;
  /** By role: `cmd:ops`, `cmd:cfg`, … */
  readonly signers: ReadonlyMap<string, Signer>;
  readonly shelf: OutboxShelf;
  readonly nowMs?: () => number;
  readonly codec?: TopicCodec;
}

const finalStates: readonly unknown[] = ["done", "failed", "rejected", "expired"];

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
      await shelf.put({ id: event.id, source: sourceOf(device), letter, expiresMs: now + validMs });
      return { id: event.id, letter };
    },
    due: async (source) => {
      const letters: Letter[] = [];
      for (const { id, letter, expiresMs } of await shelf.open(source)) {
        if (expiresMs >= nowMs()) letters.push(letter);
        else await shelf.close(source, id, "expired");
      }
      return letters;
    },
    settle: async (records) => {
      for (const { source, event, flaw } of records) {
        if (event.type !== "dev.lintel.cmdlog.v1" || flaw !== null) continue;
        const { cmd, state } = event.data;
        if (finalStates.includes(state)) await shelf.close(source, String(cmd), String(state));
      }
    },
  };
}

/** For tests and for trying out: a restart forgets what is open. */
export function openMemoryOutboxShelf(): OutboxShelf {
  const orders = new Map<string, OpenOrder>();
  return {
    put: async (order) => {
      orders.set(`${order.source} ${order.id}`, order);
    },
    close: async (source, id) => {
      orders.delete(`${source} ${id}`);
    },
    open: async (source) => [...orders.values()].filter((order) => order.source === source),
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
