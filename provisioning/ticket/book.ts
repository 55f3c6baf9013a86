import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { z } from "zod";
import { kidOf, type PublicJwk } from "../../kiosk/core/kid.ts";
import { writeAtomically } from "../../kiosk/store/atomic.ts";
import type { AuthorityFolder } from "./folder.ts";

const jwk = z.object({ kty: z.string(), crv: z.string(), x: z.string() });

/** One page of the book: which clock a ticket was burnt for, and what it was given. */
const page = z.strictObject({
  jti: z.string(),
  device: z.string(),
  /** Kid and JWK of the record key, the newest that it proved. */
  kid: z.string(),
  jwk,
  /** Keys that it had before, oldest first, and the kid that followed on each: they count for nothing here. */
  former: z.array(z.object({ jwk, heir: z.string() })).default([]),
  /** When somebody ended one of these for yet another key, which a clock never does. */
  forkedAt: z.string().nullable().default(null),
  /** SPKI of the TLS key, DER, base64url. */
  spki: z.string(),
  /** What was answered: DER, base64url. Null between the burning and the answer. */
  certificate: z.string().nullable(),
  words: z.string(),
  at: z.string(),
});
export type Page = z.infer<typeof page>;

const deviceLine = z.looseObject({
  source: z.string(),
  jwk: z.object({ kty: z.string(), crv: z.string(), x: z.string(), y: z.string().optional() }),
  /** From that place on the key signs nothing any more: `lintel replace accept` wrote it. */
  revoked: z.unknown().optional(),
});

/** A key that a receiver knows a clock by. */
export interface RegisteredKey {
  readonly jwk: PublicJwk;
  readonly isRevoked: boolean;
}

const linesOf = async (file: string): Promise<readonly string[]> =>
  existsSync(file) ? (await readFile(file, "utf8")).split("\n").filter((text) => text.trim() !== "") : [];

/** The book of burnt tickets. One writer: the endpoint takes one request after the other. */
export interface Book {
  readonly page: (jti: string) => Promise<Page | null>;
  /** Durable when it resolves. */
  readonly write: (page: Page) => Promise<void>;
  readonly pages: () => Promise<readonly Page[]>;
  /** Keys by which `lintel receive --devices` knows a clock of that name. */
  readonly keysOf: (source: string) => Promise<readonly RegisteredKey[]>;
  /** Registers the clock's record key there, where it does not stand yet. */
  readonly register: (line: { readonly source: string; readonly jwk: Page["jwk"] }) => Promise<void>;
}

export function openBook({ file }: Pick<AuthorityFolder, "file">): Book {
  const devices = file("devices.ndjson");
  const read = async (jti: string): Promise<Page | null> => {
    const path = file(`spent/${jti}.json`);
    return existsSync(path) ? page.parse(JSON.parse(await readFile(path, "utf8"))) : null;
  };
  const keysOf: Book["keysOf"] = async (source) =>
    (await linesOf(devices))
      .map((text) => deviceLine.parse(JSON.parse(text)))
      .filter((one) => one.source === source)
      .map(({ jwk, revoked }) => ({ jwk: jwk as PublicJwk, isRevoked: revoked !== undefined }));
  return {
    page: read,
    write: (one) => writeAtomically(file(`spent/${one.jti}.json`), `${JSON.stringify(one, null, 2)}\n`),
    pages: async () => {
      const names = (await readdir(file("spent"))).flatMap(
        (name) => /^([A-Za-z0-9_-]{22})\.json$/.exec(name)?.[1] ?? [],
      );
      const pages = (await Promise.all(names.map(read))).filter((one) => one !== null);
      return pages.toSorted((a, b) => (a.at < b.at ? -1 : 1));
    },
    keysOf,
    register: async (line) => {
      const known = await keysOf(line.source);
      if (known.some((one) => kidOf(one.jwk) === kidOf(line.jwk))) return;
      const before = await linesOf(devices);
      await writeAtomically(devices, [...before, JSON.stringify(line), ""].join("\n"));
    },
  };
}
