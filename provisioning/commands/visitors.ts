import { generateKeyPairSync, randomBytes, randomInt } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { type Command, InvalidArgumentError } from "commander";
import { compactDecrypt, importJWK, type JWK } from "jose";
import { renderUnicodeCompact } from "uqr";
import { z } from "zod";
import { Fault } from "../../kiosk/core/fault.ts";
import { signJws } from "../../kiosk/core/jws.ts";
import type { PersonId } from "../../kiosk/core/person.ts";
import type { VisitorData } from "../../kiosk/core/record.ts";
import { eventOfOwn } from "../../kiosk/uplink/contract/envelope.ts";
import { archiveForms, openArchive } from "../receive/archive.ts";
import { personOf } from "./named.ts";
import { passSignerIn } from "./pass-key.ts";
import { print, printJson } from "./print.ts";

interface ListFlags {
  readonly from?: string;
  readonly open?: string;
  readonly json?: boolean;
}

interface InviteFlags {
  readonly key: string;
  readonly tenant: string;
  readonly site: string;
  readonly host?: PersonId;
  readonly start: Date;
  readonly until: Date;
  readonly qr?: boolean;
}

export function addVisitors(program: Command): void {
  const visitors = program
    .command("visitors")
    .summary("who came to see whom, from a receiver's records (docs/visitors.md)")
    .description(
      "Visits are pseudonyms. With the private key for visitors, their names are opened where their days are not over; " +
        "what is over stays closed.",
    )
    .option("--from <place>", `where the records are: ${archiveForms}`)
    .option("--open <file>", "private half of the key for visitors")
    .option("--json", "print the list for a program")
    .action(async ({ from, open, json }: ListFlags) => {
      if (from === undefined) {
        throw new Fault("sink-unusable", "no place is named", `Name the records with --from ${archiveForms}.`);
      }
      const visits = await visitsIn(from, open);
      if (json) printJson(visits);
      else print(visits.length === 0 ? "Nobody visited." : visits.map(sentenceOf).join("\n"));
    });

  visitors
    .command("key")
    .summary("make the tenant's key for visitors, and print its public half for the clocks (--visitor-key)")
    .argument("<file>", "where the private half goes; it must not be there yet, and must never lie on a clock")
    .action((file: string) => {
      const { kty, crv, x, d } = generateKeyPairSync("x25519").privateKey.export({ format: "jwk" });
      try {
        writeFileSync(file, `${JSON.stringify({ kty, crv, x, d }, null, 2)}\n`, { mode: 0o600, flag: "wx" });
      } catch (cause) {
        throw new Fault("key-unusable", `${file} cannot be written`, "Name a new file in a folder of yours.", cause);
      }
      printJson({ kty, crv, x });
    });

  visitors
    .command("invite")
    .summary("an invitation without a name: a pass as a code, and the order with a number to type")
    .requiredOption("--key <file>", "key that signs passes: of `lintel pass key`, or of `lintel receive --keys`")
    .requiredOption("--until <time>", "until when they may come, RFC 3339", timeOf)
    .option("--start <time>", "from when; without it from now on", timeOf, new Date())
    .option("--host <person>", "whom they visit; without it the office", personOf)
    .option("--tenant <name>", "tenant of the clock", "demo")
    .option("--site <name>", "site of the clock; * is every site", "riverside")
    .option("--qr", "draw the pass")
    .action(({ key, tenant, site, host, start, until, qr }: InviteFlags) => {
      const v = newVisitor();
      const body = {
        aud: `urn:lintel:${tenant}:${site}`,
        ...{ sub: v, kind: "visitor" },
        ...{ iat: seconds(new Date()), nbf: seconds(start), exp: seconds(until) },
        jti: randomBytes(16).toString("base64url"),
        ...(host !== undefined && { host }),
      };
      if (body.nbf >= body.exp) throw new InvalidArgumentError("it would end before it begins");
      const { jws } = signJws("lintel-pass+jws", JSON.stringify(body), passSignerIn(key));
      const args = { v, host: host ?? null, from: start.toISOString(), until: until.toISOString(), code: newCode() };
      if (qr) print(renderUnicodeCompact(jws, { ecc: "M", border: 2 }));
      printJson({ pass: jws, op: "visitor.expect", args });
    });
}

interface Line {
  readonly v: string;
  readonly host: string | null;
  readonly acts: readonly { readonly act: string; readonly at: string }[];
  readonly until: string;
  readonly name: string | null;
  readonly contact: string | null;
}

async function visitsIn(place: string, keyFile: string | undefined): Promise<readonly Line[]> {
  await using archive = await openArchive(place);
  const open = keyFile === undefined ? null : await openerIn(keyFile);
  const lines = new Map<string, Line>();
  for (const { jws } of await archive.read.ofType("dev.lintel.visitor.v1")) {
    if (jws === null) continue;
    const { data, time } = eventOfOwn(jws);
    const { v, host, act, exp, pii } = data as VisitorData;
    const before = lines.get(v) ?? { v, host, acts: [], until: exp, name: null, contact: null };
    const isOver = Date.parse(exp) <= Date.now();
    const said = pii === undefined || open === null || isOver ? {} : await open(pii);
    lines.set(v, { ...before, ...said, acts: [...before.acts, { act, at: time }] });
  }
  return [...lines.values()];
}

const privateJwk = z.looseObject({ kty: z.string(), crv: z.enum(["X25519", "P-256"]), d: z.string() });
const content = z.looseObject({ name: z.string(), contact: z.string().nullable().default(null) });

async function openerIn(file: string) {
  const unusable = (cause: unknown): Fault =>
    new Fault("key-unusable", `${file} holds no private key for visitors`, "Make one with lintel visitors key.", cause);
  const key = await (async () =>
    importJWK(privateJwk.parse(JSON.parse(readFileSync(file, "utf8"))) as JWK, "ECDH-ES+A256KW"))().catch(
    (cause: unknown) => {
      throw unusable(cause);
    },
  );
  return async (pii: string) => {
    // Sealed for a key that held before, or for another tenant: it stays closed.
    const opened = await compactDecrypt(pii, key).catch(() => null);
    if (opened === null) return {};
    const { name, contact } = content.parse(JSON.parse(Buffer.from(opened.plaintext).toString()));
    return { name, contact };
  };
}

function sentenceOf({ v, host, acts, name, contact, until }: Line): string {
  const who = name === null ? v : `${v} ${name}${contact === null ? "" : `, ${contact}`}`;
  const what = acts.map(({ act, at }) => `${act} ${at}`).join(", ");
  return `${who}: to ${host ?? "the office"}; ${what}; gone after ${until}`;
}

const seconds = (time: Date): number => Math.floor(time.getTime() / 1_000);
const newCode = (): string => String(randomInt(100_000, 1_000_000));

function newVisitor(): string {
  const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  return `v_${Array.from(randomBytes(20), (byte) => alphabet.charAt(byte % 32)).join("")}`;
}

function timeOf(text: string): Date {
  const time = new Date(text);
  if (/^\d{4}-\d\d-\d\dT/.test(text) && Number.isFinite(time.getTime())) return time;
  throw new InvalidArgumentError("A time like 2026-11-23T09:00:00Z.");
}
