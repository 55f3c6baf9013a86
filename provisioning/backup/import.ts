import type { Receiver } from "../../kiosk/uplink/receiver/receiver.ts";
import type { Owed } from "./owed.ts";

export interface Imported {
  readonly records: number;
  /** Came for the first time. */
  readonly fresh: number;
  readonly duplicates: number;
  /** Another record has this number already: both are kept, and people have to look. */
  readonly forks: number;
  /** Of no clock whose key this receiver knows, with the number of why. */
  readonly refused: readonly { readonly code: number; readonly count: number }[];
}

const atOnce = 500;

/** Gives a receiver what a backup holds, as if it had come over the network: kept, told apart and counted by the same rules. */
export async function importInto(receiver: Pick<Receiver, "ingest" | "recall">, { records }: Owed): Promise<Imported> {
  await receiver.recall();
  const refused = new Map<number, number>();
  let [fresh, duplicates, forks] = [0, 0, 0];
  for (let from = 0; from < records.length; from += atOnce) {
    const some = records.slice(from, from + atOnce).map(({ jws }) => ({ topic: null, bytes: Buffer.from(jws) }));
    const { outcomes, quarantined } = await receiver.ingest(some);
    fresh += outcomes.new;
    duplicates += outcomes.duplicate;
    forks += outcomes.fork;
    for (const { code } of quarantined) refused.set(code, (refused.get(code) ?? 0) + 1);
  }
  return {
    ...{ records: records.length, fresh, duplicates, forks },
    refused: [...refused].map(([code, count]) => ({ code, count })),
  };
}
