import { isOfSource, type ReceiptClue, readReceiptCode } from "../../kiosk/core/receipt.ts";
import { eventOfOwn } from "../../kiosk/uplink/contract/envelope.ts";
import type { Found } from "../../kiosk/uplink/receiver/sink.ts";
import type { Archive } from "./archive.ts";
import { describe, ofReceipt, type Proved, prove } from "./lookup.ts";

/** What an employee's code stands for, and if it stands for nothing here, why. */
export type ReceiptAnswer =
  | {
      readonly is: "found";
      readonly record: Found;
      readonly proved: Proved;
      /** The punch that the record corrects, or the corrections of the punch that the record is. */
      readonly related: readonly { readonly record: Found; readonly proved: Proved }[];
    }
  | { readonly is: "not-here"; readonly why: string };

/** Null where the text is no code at all. */
export async function answerOf(code: string, archive: Archive): Promise<ReceiptAnswer | null> {
  const clue = readReceiptCode(code);
  if (clue === null) return null;
  const [record] = (await ofReceipt(code, archive)) ?? [];
  if (record === undefined) return { is: "not-here", why: await whyNot(clue, archive) };
  const related: { record: Found; proved: Proved }[] = [];
  for (const one of await relatedTo(record, archive)) {
    related.push({ record: one, proved: await prove(one, archive) });
  }
  return { is: "found", record, proved: await prove(record, archive), related };
}

const correctionType = "dev.lintel.correction.v1";

/** One visit may be two records: what somebody first was taken to mean, and what they then said. */
async function relatedTo(record: Found, { read }: Archive): Promise<readonly Found[]> {
  // Whoever it belonged to was forgotten.
  if (record.jws === null) return [];
  const { id, type } = eventOfOwn(record.jws);
  const isSameClock = ({ source }: Found): boolean => source === record.source;
  if (type === correctionType) return (await read.byId(refOf(record))).filter(isSameClock);
  if (type !== "dev.lintel.punch.v1") return [];
  return (await read.ofType(correctionType, record)).filter((found) => isSameClock(found) && refOf(found) === id);
}

function refOf({ jws }: Found): string {
  if (jws === null) return "";
  const { ref } = (eventOfOwn(jws).data ?? {}) as { readonly ref?: unknown };
  return typeof ref === "string" ? ref : "";
}

/** Another clock, not arrived, not kept, or something else in its place: each is another question to ask next. */
async function whyNot(clue: ReceiptClue, { read }: Archive): Promise<string> {
  const { epochLow, seq } = clue.place;
  const born = [...(await read.ofType("dev.lintel.genesis.v1")), ...(await read.ofType("dev.lintel.boot.v1"))];
  const own = born.filter(({ source }) => isOfSource(clue, source));
  const [any] = own;
  if (any === undefined) return "It was shown by a clock that is not known here: look in that clock's own records.";
  const { source } = any;
  const epoch = own.map((found) => found.epoch).find((known) => known % 0x10000 === epochLow);
  if (epoch === undefined) return `${source} is known here, and nothing has come yet of the journal it began later.`;
  const [at] = await read.page({ source, epoch }, seq, 1);
  if (at?.seq === seq) {
    return `Another record stands at its place, ${describe(at)}. Read the code again; if it is right, records were exchanged.`;
  }
  if (at !== undefined) {
    return `Record ${epoch}/${seq} of ${source} is not here, though later ones are: it was forgotten here, or is missing (lintel gaps).`;
  }
  return `Record ${epoch}/${seq} of ${source} has not come here yet: ask again once that clock has sent it.`;
}
