import { LuError } from "../../kiosk/core/jws.ts";
import { isOfReceipt, readReceiptCode } from "../../kiosk/core/receipt.ts";
import { eventOfOwn } from "../../kiosk/uplink/contract/envelope.ts";
import { type InclusionProof, proofOf } from "../../kiosk/uplink/receiver/proof.ts";
import type { Found } from "../../kiosk/uplink/receiver/sink.ts";
import type { Archive } from "./archive.ts";

export type Proved =
  | { readonly is: "proved"; readonly proof: InclusionProof }
  | { readonly is: "no-checkpoint-yet" }
  | { readonly is: "not-provable"; readonly why: string };

/** Up to which root a record can be shown to belong to its log. */
export async function prove(found: Found, { read }: Archive): Promise<Proved> {
  try {
    const proof = await proofOf(found, read);
    return proof === null ? { is: "no-checkpoint-yet" } : { is: "proved", proof };
  } catch (error) {
    if (!(error instanceof LuError)) throw error;
    return { is: "not-provable", why: `LU-${error.code}, ${error.message}` };
  }
}

/** Records of a receipt code; null where the text is no code. */
export async function ofReceipt(code: string, { read }: Archive): Promise<readonly Found[] | null> {
  const clue = readReceiptCode(code);
  if (clue === null) return null;
  return (await read.byHash(clue.hashPrefix)).filter((found) => isOfReceipt(clue, found));
}

/** What a record is, as a person asks: no more than was signed. */
export function describe({ source, epoch, seq, jws }: Found): string {
  if (jws === null) return `stub ${epoch}/${seq} of ${source}: its text was forgotten with the person it was about`;
  const { type, time, data } = eventOfOwn(jws) as ReturnType<typeof eventOfOwn> & { readonly data?: unknown };
  const { kind, t } = (data ?? {}) as { readonly kind?: unknown; readonly t?: { readonly local?: unknown } };
  const what = type.replace(/^dev\.lintel\.(.*)\.v\d+$/, "$1");
  const when = typeof t?.local === "string" ? t.local : time;
  return `${what}${typeof kind === "string" ? ` "${kind}"` : ""} of ${when}, record ${epoch}/${seq} of ${source}`;
}

export function sentenceOf(proved: Proved): string {
  if (proved.is === "no-checkpoint-yet") {
    return "No checkpoint covers it yet: the clock signs one every 256 records and every hour.";
  }
  if (proved.is === "not-provable") return `It cannot be shown to belong to the log: ${proved.why}.`;
  const { index, size, root, checkpoint } = proved.proof;
  return `Proved: number ${index} of the ${size} records under root ${root}, signed in record ${checkpoint.epoch}/${checkpoint.seq}.`;
}
