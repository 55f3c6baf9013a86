import { Fault } from "../../kiosk/core/fault.ts";
import { eventOfOwn } from "../../kiosk/uplink/contract/envelope.ts";
import { statusEvent } from "../../kiosk/uplink/contract/wire.ts";
import { type Found, pageRows, type SinkReader } from "../../kiosk/uplink/receiver/sink.ts";

/**
 * The newest record that a store has of a clock, in the epoch that the clock last said it is in.
 *
 * @throws Fault `config-invalid` where nothing came from it yet.
 */
export async function newestRecordOf(source: string, read: Pick<SinkReader, "status" | "page">): Promise<Found> {
  const status = await read.status(source);
  if (status === null) throw unheard(source);
  const { ep: epoch, head } = statusEvent.parse(eventOfOwn(status.jws)).data;
  // What it signed for may be on its way still, and more may have come since.
  let newest: Found | undefined;
  for (let from = Math.max(0, head.seq - pageRows + 1); ; ) {
    const page = await read.page({ source, epoch }, from, pageRows);
    newest = page.at(-1) ?? newest;
    if (page.length < pageRows || newest === undefined) break;
    from = newest.seq + 1;
  }
  if (newest === undefined) throw unheard(source);
  return newest;
}

const unheard = (source: string): Fault =>
  new Fault(
    "config-invalid",
    `Nothing came from ${source} yet`,
    "See that it reaches its broker, and that this is its store.",
  );
