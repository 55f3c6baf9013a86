import { createPrivateKey, X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { Fault } from "../../../kiosk/core/fault.ts";
import type { Ticket } from "../../../kiosk/core/ticket.ts";
import { openSigner } from "../../../kiosk/host/signer.ts";
import { lineage } from "../../../kiosk/store/rescue.ts";
import type { Asked } from "../../ticket/answer.ts";
import { answerName, readAnswerText, requestName, requestText } from "../../ticket/by-hand.ts";
import { makeRequest, pemOf, pinOf, unpackCertificates } from "../../ticket/certificates.ts";
import { makeStatement } from "../../ticket/statement.ts";
import { enrolAt, fetchCardKey } from "../client.ts";
import { type Context, ticketOf } from "../context.ts";
import type { Step } from "../step.ts";
import { sticksOf } from "../ticket-source.ts";
import { rootsIn } from "./time.ts";

/** The authority's certificate for this clock's own key, and whom the clock is to believe from now on. */
export const certificate: Step = {
  name: "certificate",
  would: "ask the authority that the ticket names for a certificate",
  check: async (context) => {
    const { isCertified } = await context.progress();
    return isCertified && (await isOurs(context)) ? sentenceOf(context) : null;
  },
  apply: async (context) => {
    const { places } = context;
    const { ticket, text, hash } = await ticketOf(context);
    const { signer, device, jwk } = await identityOf(context);
    const tlsKey = await readFile(places.tlsKey, "utf8");
    const csr = await makeRequest(device, tlsKey);
    const statement = makeStatement({ device, signer, jwk, csr, ticket: { jti: ticket.jti, hash } });
    const asked = { ticket: text, csr, statement, succession: lineage(places.state) };
    const roots = rootsIn(ticket.roots);
    const pkcs7 = ticket.est === null ? await byHand(context, device, asked) : await enrolAt(ticket.est, roots, asked);
    const own = genuine(pkcs7, ticket, device, tlsKey, context.clock.now().utcMs);
    await context.write(places.roots, roots.join("\n"), true);
    await context.write(places.cloudKeys, `${JSON.stringify({ keys: ticket.keys }, null, 2)}\n`, true);
    await context.write(places.certificate, own, true);
    const cardKey =
      ticket.est === null
        ? await cardKeyOn(context)
        : await fetchCardKey(ticket.est, roots, { cert: own, key: tlsKey });
    // A clock that has sealed one already keeps it.
    if (cardKey !== null && !existsSync(join(places.state, "people", "card.key")))
      await context.write(places.cardKey, cardKey, true);
    if (ticket.est !== null)
      await context.write(places.authority, authorityText({ est: ticket.est, told: signer.kid }));
    await context.note({ isCertified: true });
  },
  prove: (context) => sentenceOf(context),
};

export const authorityFile = z.object({
  est: z.string(),
  /** Kid of the record key that the authority was shown last. */
  told: z.string().optional(),
});

export const authorityText = (about: z.infer<typeof authorityFile>): string => `${JSON.stringify(about)}\n`;

/** Under the name that this board has now: it may have taken another's place since. */
async function isOurs(context: Context): Promise<boolean> {
  const pem = await readFile(context.places.certificate).catch(() => null);
  return pem !== null && new X509Certificate(pem).subject === `CN=${(await identityOf(context)).device}`;
}

export async function identityOf({ places: { state } }: Context) {
  const signer = await openSigner(state);
  return { signer, device: signer.device, jwk: signer.publicJwk };
}

async function sentenceOf({ places }: Context): Promise<string> {
  const own = new X509Certificate(await readFile(places.certificate));
  const cards = existsSync(places.cardKey) ? "; the site's card key came with it" : "";
  return `certificate ${own.subject} until ${own.validToDate.toISOString().slice(0, 10)}${cards}`;
}

/** @returns the clock's own certificate, PEM. @throws Fault `authority-refused` for whatever else came back. */
function genuine(pkcs7: Uint8Array, { caPins }: Ticket, device: string, tlsKey: string, nowMs: number): string {
  const refuse = (why: string): never => {
    const remedy = "Do not use this authority; tell whoever makes tickets.";
    throw new Fault("authority-refused", `what the authority sent is no certificate for this clock: ${why}`, remedy);
  };
  const ders = unpackCertificates(pkcs7) ?? refuse("it is damaged");
  const all = ders.map((der) => new X509Certificate(der));
  const own = all.find((one) => one.checkPrivateKey(createPrivateKey(tlsKey))) ?? refuse("it is for another key");
  if (own.subject !== `CN=${device}`) refuse("it is made out to another clock");
  const issuer = all.find((one) => caPins.includes(pinOf(one.publicKey)) && own.verify(one.publicKey));
  if (issuer === undefined) refuse("the authority that the ticket names did not sign it");
  if (own.validFromDate.getTime() > nowMs || own.validToDate.getTime() <= nowMs) refuse("it is not valid now");
  return pemOf(new Uint8Array(own.raw));
}

async function byHand(context: Context, device: string, asked: Asked): Promise<Uint8Array> {
  const sticks = await sticksOf(context);
  for (const stick of sticks) {
    const file = join(stick, answerName(device));
    if (existsSync(file)) return readAnswerText(await readFile(file, "utf8"));
  }
  const [stick] = sticks;
  if (stick === undefined) {
    const remedy = "Plug a USB stick in (or name its folder with --usb), and run this again.";
    throw new Fault("answer-awaited", "the request for a certificate needs a USB stick to go by", remedy);
  }
  const file = join(stick, requestName(device));
  await context.write(file, requestText(device, asked));
  const remedy = `There run \`lintel ticket answer FOLDER ${requestName(device)} --out STICK\`, bring the stick back, and run this again.`;
  throw new Fault("answer-awaited", `the request is on the stick: carry ${file} to the authority`, remedy);
}

async function cardKeyOn(context: Context): Promise<string | null> {
  for (const stick of await sticksOf(context)) {
    const text = await readFile(join(stick, "lintel-card.key"), "utf8").catch(() => null);
    if (text !== null) return text;
  }
  return null;
}
