import { z } from "zod";
import { Fault } from "../../kiosk/core/fault.ts";
import type { Answered, Asked } from "./answer.ts";

/** The same request and answer as files, for sites where no network reaches the authority. */

const requestFile = z.strictObject({
  kind: z.literal("lintel-request"),
  v: z.literal(1),
  device: z.string(),
  ticket: z.string(),
  csr: z.string(),
  statement: z.string(),
  /** Left out where the clock has the key that it began with. */
  succession: z.array(z.string()).optional(),
});

const answerFile = z.strictObject({
  kind: z.literal("lintel-answer"),
  v: z.literal(1),
  device: z.string(),
  /** PKCS #7, DER, base64. */
  pkcs7: z.string(),
  words: z.string(),
});

export const requestName = (device: string): string => `lintel-request-${device}.json`;
export const answerName = (device: string): string => `lintel-answer-${device}.json`;

export function requestText(device: string, { ticket, csr, statement, succession = [] }: Asked): string {
  const links = succession.length > 0 ? { succession } : {};
  const request = { kind: "lintel-request", v: 1, device, ticket, csr: base64(csr), statement, ...links };
  return `${JSON.stringify(request, null, 2)}\n`;
}

export const answerText = ({ device, pkcs7, words }: Answered): string =>
  `${JSON.stringify({ kind: "lintel-answer", v: 1, device, pkcs7: base64(pkcs7), words: words.join(" ") }, null, 2)}\n`;

/** @throws Fault `authority-refused` for what is no request. */
export function readRequestText(text: string): Asked & { readonly device: string } {
  const { device, ticket, csr, statement, succession = [] } = parsed(requestFile, text, "request");
  return { device, ticket, statement, succession, csr: Buffer.from(csr, "base64") };
}

/** @returns the certificates, PKCS #7, DER. @throws Fault `authority-refused` for what is no answer. */
export const readAnswerText = (text: string): Uint8Array =>
  Buffer.from(parsed(answerFile, text, "answer").pkcs7, "base64");

function parsed<T>(schema: z.ZodType<T>, text: string, what: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    const remedy = "Copy the whole file once more, as it was written.";
    throw new Fault("authority-refused", `the file is no ${what}`, remedy, cause);
  }
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
