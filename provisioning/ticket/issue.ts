import { randomBytes, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { Fault } from "../../kiosk/core/fault.ts";
import { signJws } from "../../kiosk/core/jws.ts";
import { type ReadTicket, readTicket, type Ticket, ticketLongestS } from "../../kiosk/core/ticket.ts";
import { writeAtomically } from "../../kiosk/store/atomic.ts";
import { readReleaseKeys } from "../update/keys.ts";
import { derOf, pinOf } from "./certificates.ts";
import type { AuthorityFolder } from "./folder.ts";

export interface TicketWish {
  /** The clock's place on its screen. */
  readonly name: string;
  readonly hours: number;
  /** JWKS of what the cloud signs with, as `lintel receive --cloud-keys` writes it. */
  readonly cloudKeys: string;
  /** JWKS of who may sign updates, as `lintel release key` wrote it; null: the ticket says nothing of them. */
  readonly releaseKeys: string | null;
  /** False: the request goes by hand. */
  readonly isOnline: boolean;
}

/** Signs one ticket and keeps it, to be fetched once by a clock that scanned its pointer. */
export async function issueTicket(folder: AuthorityFolder, wish: TicketWish): Promise<ReadTicket> {
  const { about, signer, jwk, roots } = folder;
  const { tenant, site, hosts, port, brokers, profile, may, settings } = about;
  const iat = Math.floor(Date.now() / 1_000);
  const [host = "localhost"] = hosts;
  const ticket: Ticket & { readonly uses: 1 } = {
    jti: randomBytes(16).toString("base64url"),
    ...{ tenant, site, name: wish.name, brokers, profile, may, settings },
    est: wish.isOnline ? `https://${host}:${port}` : null,
    roots: roots.map((pem) => Buffer.from(derOf(pem)).toString("base64url")),
    caPins: [pinOf(new X509Certificate(folder.authority.certificate.toString("pem")).publicKey)],
    keys: await keysIn(wish.cloudKeys),
    releaseKeys: wish.releaseKeys === null ? [] : await releaseKeysIn(wish.releaseKeys),
    key: jwk,
    ...{ iat, exp: iat + Math.min(Math.round(wish.hours * 3_600), ticketLongestS), uses: 1 },
  };
  const { jws } = signJws("lintel-tkt+jws", JSON.stringify(ticket), signer);
  // Whoever reads it must be able to: what does not pass here would stand on a wall tomorrow.
  const read = readTicket(jws, new Map([[signer.kid, signer.publicKey]]));
  await writeAtomically(folder.file(`tickets/${ticket.jti}.jws`), `${jws}\n`);
  return read;
}

const releaseLines = z.object({ keys: z.array(z.object({ kty: z.string(), crv: z.string(), x: z.string() })) });

async function releaseKeysIn(path: string): Promise<Ticket["releaseKeys"]> {
  // As the clock will read it: what it would refuse then is refused here.
  await readReleaseKeys(path);
  return releaseLines.parse(JSON.parse(await readFile(path, "utf8"))).keys;
}

const keyLine = z.looseObject({ kty: z.string(), crv: z.string(), x: z.string(), role: z.string(), name: z.string() });

async function keysIn(path: string): Promise<Ticket["keys"]> {
  try {
    const { keys } = z.object({ keys: z.array(keyLine) }).parse(JSON.parse(await readFile(path, "utf8")));
    return keys.map(({ kty, crv, x, y, role, name, required }) => ({
      ...{ kty, crv, x, role, name },
      ...(typeof y === "string" && { y }),
      ...(typeof required === "boolean" && { required }),
    }));
  } catch (cause) {
    const remedy = "Have `lintel receive --keys … --cloud-keys FILE` write it, and name that file.";
    throw new Fault("key-unusable", `${path} holds no public keys with role and name`, remedy, cause);
  }
}
