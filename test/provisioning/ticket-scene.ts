import { generateKeyPairSync } from "node:crypto";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { ticketHash } from "../../kiosk/core/ticket.ts";
import { testClock } from "../../kiosk/host/clock.ts";
import { openSigner } from "../../kiosk/host/signer.ts";
import { openRotation } from "../../kiosk/rotation.ts";
import { openJournal } from "../../kiosk/store/journal.ts";
import { lineage } from "../../kiosk/store/rescue.ts";
import { makeCloudKeys, openCloudKeys, publicSetOf } from "../../provisioning/receive/cloud-keys.ts";
import type { Asked } from "../../provisioning/ticket/answer.ts";
import { openBook } from "../../provisioning/ticket/book.ts";
import { makeRequest } from "../../provisioning/ticket/certificates.ts";
import { makeFolder, openFolder } from "../../provisioning/ticket/folder.ts";
import { issueTicket } from "../../provisioning/ticket/issue.ts";
import { makeStatement } from "../../provisioning/ticket/statement.ts";

/** An authority in a folder, and clocks as they ask it. */

export async function openOffice(site = "north", port = 8443) {
  const directory = await mkdtemp(join(tmpdir(), "lintel-ticket-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await makeFolder(
    directory,
    {
      ...{ tenant: "acme", site, hosts: ["localhost"], port, brokers: ["mqtts://localhost:8883"], profile: "generic5" },
      ...{ may: ["no-reader"], settings: { siteName: "Mill" }, days: 365 },
    },
    null,
  );
  const folder = await openFolder(directory);
  makeCloudKeys(join(directory, "keys.json"), "payroll");
  const cloudKeys = join(directory, "cloud.json");
  await writeFile(cloudKeys, publicSetOf(openCloudKeys([join(directory, "keys.json")])));
  const issue = (name = "Gate 2") =>
    issueTicket(folder, { name, hours: 8, cloudKeys, releaseKeys: null, isOnline: true });
  return { directory, folder, book: openBook(folder), issue };
}

/** A clock as it asks: its keys, its request, its statement. @param name of another, which it says is its own. */
export async function openClock(name?: string, copyOf?: string) {
  const state = await mkdtemp(join(tmpdir(), "lintel-clock-"));
  onTestFinished(() => rm(state, { recursive: true, force: true }));
  if (copyOf !== undefined) await cp(copyOf, state, { recursive: true });
  if (name !== undefined) await writeFile(join(state, "identity.json"), JSON.stringify({ device: name }));
  const signer = await openSigner(state);
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const tlsKey = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  const ask = async (ticket: { readonly text: string; readonly jti: string } | null): Promise<Asked> => {
    const csr = await makeRequest(signer.device, tlsKey);
    const named = ticket && { jti: ticket.jti, hash: ticketHash(ticket.text) };
    const statement = makeStatement({ device: signer.device, signer, jwk: signer.publicJwk, csr, ticket: named });
    return { ticket: ticket?.text ?? null, csr, statement, succession: lineage(state) };
  };
  /** The order `key.rotate`, carried out and receipted by everybody. */
  const changeKey = async (order: string): Promise<void> => {
    const clock = testClock(Date.now());
    const identity = { tenant: "acme", site: "north", device: signer.device };
    const options = { directory: state, identity, signer, clock, firmware: "1.0.0", boot: 1 };
    await using journal = await openJournal({ ...options, isFirstStart: signer.fresh });
    await signer.markUsed();
    const rotation = openRotation({ ring: signer, journal, clock, receivers: ["payroll"] });
    await rotation.handle({ id: order, op: "key.rotate", args: {}, expiresUtcMs: 0 });
    journal.moveCursor("payroll", journal.head());
    expect(await rotation.retire(), "the old private half is gone").toHaveLength(1);
  };
  return { state, signer, tlsKey, ask, changeKey };
}

export const named = ({ text, ticket: { jti } }: Awaited<ReturnType<typeof issueTicket>>) => ({ text, jti });
