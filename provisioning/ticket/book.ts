import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { z } from "zod";
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

/** The book of burnt tickets. One writer: the endpoint takes one request after the other. */
export interface Book {
  readonly page: (jti: string) => Promise<Page | null>;
  /** Durable when it resolves. */
  readonly write: (page: Page) => Promise<void>;
  readonly pages: () => Promise<readonly Page[]>;
  /** Registers the clock's record key where `lintel receive --devices` reads it. */
  readonly register: (line: { readonly source: string; readonly jwk: Page["jwk"] }) => Promise<void>;
}

export function openBook({ file }: Pick<AuthorityFolder, "file">): Book {
  const devices = file("devices.ndjson");
  const read = async (jti: string): Promise<Page | null> => {
    const path = file(`spent/${jti}.json`);
    return existsSync(path) ? page.parse(JSON.parse(await readFile(path, "utf8"))) : null;
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
    register: async (line) => {
      const before = existsSync(devices) ? await readFile(devices, "utf8") : "";
      const text = JSON.stringify(line);
      if (!before.split("\n").includes(text)) await writeAtomically(devices, `${before}${text}\n`);
    },
  };
}
