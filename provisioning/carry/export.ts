import { createHash } from "node:crypto";
import type { Sink } from "../../kiosk/uplink/receiver/sink.ts";
import { desiredKinds, type ExportLine } from "./lines.ts";

const pageRecords = 1_000;
const ordersMax = 100_000;

/** Every line, in an order in which each can be proved by those before it. */
export async function* exportedLines({ read, desired, orders }: Sink, made: string): AsyncGenerator<string> {
  const digest = createHash("sha256");
  let lines = 0;
  const line = (one: ExportLine): string => {
    const text = `${JSON.stringify(one)}\n`;
    digest.update(text);
    lines += 1;
    return text;
  };
  yield line({ is: "lintel-export", v: 1, made });
  const bySource = Map.groupBy(await read.streams(), ({ source }) => source);
  for (const [source, streams] of bySource) {
    for (const stream of streams.toSorted((a, b) => a.epoch - b.epoch)) {
      for (let from = 0; ; ) {
        const page = await read.page(stream, from, pageRecords);
        for (const { epoch, seq, rh, jws } of page) {
          const place = { source, epoch, seq, rh };
          yield line(jws === null ? { is: "stub", ...place } : { is: "record", ...place, jws });
        }
        const last = page.at(-1);
        if (last === undefined) break;
        from = last.seq + 1;
      }
    }
    const status = await read.status(source);
    if (status !== null) yield line({ is: "status", source, jws: status.jws, heardMs: status.heardMs });
  }
  for (const kind of desiredKinds) {
    for (const { name, v, text } of await desired.read(kind)) yield line({ is: "desired", kind, name, v, text });
  }
  for (const { id, source, op, orderedMs, expiresMs, saidMs, state, detail } of await orders.list(ordersMax)) {
    yield line({ is: "order", id, source, op, orderedMs, expiresMs, saidMs, state, detail });
  }
  yield `${JSON.stringify({ is: "end", lines, h: digest.digest("base64url") } satisfies ExportLine)}\n`;
}
