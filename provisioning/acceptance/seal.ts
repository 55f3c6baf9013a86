import { createHash, createPublicKey } from "node:crypto";
import { z } from "zod";
import { Fault } from "../../kiosk/core/fault.ts";
import { LuError, verifyJws } from "../../kiosk/core/jws.ts";
import { kidOf, type PublicJwk } from "../../kiosk/core/kid.ts";

/**
 * A report and its signature in one file: the page, and behind its end one comment with a record of the clock's journal
 * (compact JWS, `lintel-rec+jws`, the record key). The record holds the SHA-256 of all bytes before that comment.
 */

const comment = /^<!--lintel-acceptance ([\w-]+\.[\w-]+\.[\w-]+)-->\n$/;
const opening = "<!--lintel-acceptance ";

export const hashOf = (page: string): string => createHash("sha256").update(page).digest("base64url");

export const sealed = (page: string, jws: string): string => `${page}${opening}${jws}-->\n`;

const record = z.object({
  source: z.string(),
  time: z.string(),
  ...{ epoch: z.int(), seq: z.int() },
  data: z.object({
    act: z.literal("acceptance"),
    by: z.string(),
    role: z.string().optional(),
    reason: z.string().optional(),
    ticket: z.string().optional(),
    detail: z.literal("report"),
    out: z.object({ n: z.int(), h: z.string() }),
  }),
});

export type ReportProof = z.infer<typeof record>;

/**
 * @param clock `device.pub.jwk` of the clock that is said to have signed it: a key that comes with the report proves nothing.
 * @throws Fault `acceptance-report-invalid` saying what is wrong with it, `key-unusable`.
 */
export function prove(file: string, clock: string): ReportProof {
  const at = file.lastIndexOf(opening);
  const jws = at < 0 ? undefined : comment.exec(file.slice(at))?.[1];
  if (jws === undefined) throw invalid("it has no signature at its end, or something stands behind it");
  const key = keyIn(clock);
  const payload = payloadOf(jws, key);
  const parsed = record.safeParse(payload);
  if (!parsed.success) throw invalid("what is signed is another record of the clock, and no report's");
  if (parsed.data.data.out.h !== hashOf(file.slice(0, at))) throw invalid("the text is not the one that was signed");
  return parsed.data;
}

function payloadOf(jws: string, { kid, key }: ReturnType<typeof keyIn>): unknown {
  try {
    return verifyJws(jws, "lintel-rec+jws", (named) => (named === kid ? key : undefined)).payload;
  } catch (error) {
    if (!(error instanceof LuError)) throw error;
    const isForeign = error.message.includes("kid");
    throw invalid(
      isForeign ? "another key signed it than the clock's" : `its signature does not hold (${error.message})`,
    );
  }
}

function keyIn(text: string) {
  try {
    const jwk = JSON.parse(text) as PublicJwk;
    return { kid: kidOf(jwk), key: createPublicKey({ key: { ...jwk }, format: "jwk" }) };
  } catch (cause) {
    throw new Fault("key-unusable", "that is no public key of a clock", "Name its device.pub.jwk with --clock.", cause);
  }
}

const invalid = (why: string): Fault =>
  new Fault(
    "acceptance-report-invalid",
    `this report is not genuine: ${why}`,
    "Ask for the file as it was written, and for device.pub.jwk of that very clock; otherwise have the site accepted anew.",
  );
