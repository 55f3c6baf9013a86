import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { z } from "zod";
import { kidOf, type PublicJwk } from "../../kiosk/core/kid.ts";
import { writeAtomically } from "../../kiosk/store/atomic.ts";
import type { AuthorityFolder } from "./folder.ts";

/** One page of the book: which clock a ticket was burnt for, and what it was given. */
const page = z.strictObject({
  jti: z.string(),
  device: z.string(),
  /** Kid and JWK of the record key. */
  kid: z.string(),
  jwk: z.object({ kty: z.string(), crv: z.string(), x: z.string() }),
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
});

const linesOf = async (file: string): Promise<readonly string[]> =>
  existsSync(file) ? (await readFile(file, "utf8")).split("\n").filter((text) => text.trim() !== "") : [];

/** The book of burnt tickets. One writer: the endpoint takes one request after the other. */
export interface Book {
  readonly page: (jti: string) => Promise<Page | null>;
  /** Durable when it resolves. */
  readonly write: (page: Page) => Promise<void>;
  readonly pages: () => Promise<readonly Page[]>;
  /** Whether `lintel receive --devices` knows a clock of that name, and by this key. */
  readonly knows: (source: string, kid: string) => Promise<"nobody" | "this key" | "another key">;
  /** Registers the clock's record key there, where it does not stand yet. */
  readonly register: (line: { readonly source: string; readonly jwk: Page["jwk"] }) => Promise<void>;
}

export function openBook({ file }: Pick<AuthorityFolder, "file">): Book {
  const devices = file("devices.ndjson");
  const read = async (jti: string): Promise<Page | null> => {
    const path = file(`spent/${jti}.json`);
    return existsSync(path) ? page.parse(JSON.parse(await readFile(path, "utf8"))) : null;
  };
  const knows: Book["knows"] = async (source, kid) => {
    const theirs = (await linesOf(devices)).map((text) => deviceLine.parse(JSON.parse(text)));
    const kids = theirs.filter((one) => one.source === source).map(({ jwk }) => kidOf(jwk as PublicJwk));
    if (kids.length === 0) return "nobody";
    return kids.includes(kid) ? "this key" : "another key";
  };
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
    knows,
    register: async (line) => {
      if ((await knows(line.source, kidOf(line.jwk))) === "this key") return;
      const before = await linesOf(devices);
      await writeAtomically(devices, [...before, JSON.stringify(line), ""].join("\n"));
    },
  };
}
