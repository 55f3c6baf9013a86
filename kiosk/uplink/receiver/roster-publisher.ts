import { randomUUID } from "node:crypto";
import { maxPayloadBytes, type Signer, signJws } from "../../core/jws.ts";
import type { Identity } from "../../core/record.ts";
import { utcText } from "../../core/time.ts";
import { wrap } from "../contract/envelope.ts";
import type { RosterPage } from "../contract/roster.ts";
import { generic5, type TopicCodec } from "../contract/topics.ts";
import { type Roster, rosterRoot } from "../contract/turn-pages.ts";
import type { Letter } from "./receiver.ts";

export interface RosterPublisher {
  /**
   * The pages that lead a clock from one roster to a later one. A clock takes all of them or none.
   *
   * @param before what it has, or `emptyRoster` for a snapshot.
   */
  readonly pages: (device: Identity, before: Roster, after: Roster) => readonly Letter[];
}

export interface RosterPublisherOptions {
  readonly issuer: string;
  /** A key of the role `ros`. */
  readonly signer: Signer;
  readonly nowMs?: () => number;
  readonly codec?: TopicCodec;
}

/** What a clock has that never had one: pages that lead on from it are a snapshot. */
export const emptyRoster: Roster = { v: 0, items: new Map(), gone: new Map() };

export function openRosterPublisher(options: RosterPublisherOptions): RosterPublisher {
  const { issuer, signer, nowMs = Date.now, codec = generic5 } = options;
  return {
    pages: (device, before, after) =>
      pagesBetween(before, after).map((data) => {
        const now = utcText(nowMs());
        const event = {
          specversion: "1.0" as const,
          id: randomUUID(),
          source: `urn:lintel:${device.tenant}:cloud:${issuer}`,
          type: "dev.lintel.roster.v1" as const,
          time: now,
          data,
        };
        const { jws } = signJws("lintel-ros+jws", JSON.stringify(event), signer);
        return { topic: codec.down(device, "ros"), bytes: wrap(jws, event) };
      }),
  };
}

type Page = RosterPage["data"];
type Op = Page["ops"][number];

/** What stands around the changes of a page. */
const aroundBytes = 1024;
const opsMax = 2000;

/** @throws RangeError where the later roster is not later, or takes somebody off without saying at which version. */
export function pagesBetween(before: Roster, after: Roster): readonly Page[] {
  if (after.v <= before.v) throw new RangeError("a roster only leads on to a later one");
  const pages: Op[][] = [[]];
  let bytes = 0;
  for (const op of changesOf(before, after)) {
    const size = Buffer.byteLength(JSON.stringify(op)) + 1;
    const page = pages.at(-1) ?? [];
    if (page.length > 0 && (bytes + size > maxPayloadBytes - aroundBytes || page.length >= opsMax)) {
      pages.push([op]);
      bytes = size;
    } else {
      page.push(op);
      bytes += size;
    }
  }
  const root = rosterRoot(after.items);
  return pages.map((ops, page) => ({
    ...{ base: before.v, to: after.v, page, pages: pages.length, ops },
    ...(page === pages.length - 1 && { root }),
  }));
}

function* changesOf(before: Roster, after: Roster): Generator<Op> {
  for (const [id, { v, text }] of after.items) {
    if (before.items.get(id)?.v !== v) yield ["put", id, v, text];
  }
  for (const id of before.items.keys()) {
    if (after.items.has(id)) continue;
    const v = after.gone.get(id);
    if (v === undefined) throw new RangeError("somebody was taken off without a version");
    yield ["del", id, v];
  }
}
