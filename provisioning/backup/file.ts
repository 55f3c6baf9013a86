import { createHash, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { z } from "zod";
import { recordHash } from "../../kiosk/core/chain.ts";
import { Fault } from "../../kiosk/core/fault.ts";
import type { RecordType } from "../../kiosk/core/record.ts";
import type { Row } from "../../kiosk/store/database.ts";
import { keyOfRing } from "../../kiosk/store/keyring.ts";
import { eventOf } from "../../kiosk/store/make-record.ts";
import { isFlaw, proveRow } from "../../kiosk/store/proof.ts";
import type { Owed } from "./owed.ts";
import { openAs, type SealingKey, sealAs } from "./sealing-key.ts";

/**
 * A backup of what is owed, as one text file: a line that says whose it is and who can open it, sealed lines, and a line
 * that says that it is whole. Each sealed line opens only as its own number of its own backup.
 */

const pack = promisify(gzip) as (bytes: Uint8Array) => Promise<Buffer>;
const unpack = promisify(gunzip) as (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Buffer>;

/** Some 2.5 MB of signed text before it is packed. */
const perPart = 2_000;
const partMaxBytes = 64 * 1024 * 1024;

const place = z.object({ epoch: z.int().nonnegative(), seq: z.int().min(-1) });
const head = place.extend({ rh: z.string().length(43) });
const jwk = z.object({ kty: z.string(), crv: z.string(), x: z.string().length(43) });

const firstLine = z.object({
  lintel: z.literal("backup"),
  v: z.literal(1),
  id: z.uuid(),
  source: z.string().regex(/^urn:lintel:[a-z0-9-]{1,24}:[a-z0-9-]{1,24}:k[0-9a-z]{20}$/),
  made: z.iso.datetime(),
  kid: z.string().length(16),
  records: z.int().nonnegative(),
  parts: z.int().positive(),
});
const lastLine = z.object({ end: z.literal(true), sha256: z.string().length(64) });
const manifest = z.object({
  source: z.string(),
  keys: z.array(jwk).readonly(),
  cursors: z.array(z.tuple([z.string(), place])),
  low: place.nullable(),
  newest: head,
  unproved: z.int().nonnegative(),
});

export type BackupLabel = z.output<typeof firstLine>;

/** @returns the file's text. */
export async function writeBackup(owed: Owed, key: SealingKey, made: Date): Promise<string> {
  const { source, keys, cursors, low, newest, records, unproved } = owed;
  const id = randomUUID();
  const contents = [
    JSON.stringify({ source, keys, cursors: [...cursors], low, newest, unproved } satisfies z.input<typeof manifest>),
    ...chunked(records.map(({ jws }) => jws)).map((some) => some.join("\n")),
  ];
  const label: BackupLabel = {
    ...{ lintel: "backup", v: 1, id, source, made: made.toISOString(), kid: key.kid },
    ...{ records: records.length, parts: contents.length },
  };
  const lines = [JSON.stringify(label)];
  for (const [at, content] of contents.entries())
    lines.push(await sealAs(await pack(Buffer.from(content)), key, partIs(id, at)));
  const body = `${lines.join("\n")}\n`;
  return `${body}${JSON.stringify({ end: true, sha256: hashOf(body) })}\n`;
}

/** What stands on the outside, where the file is whole. @throws Fault `backup-unusable`. */
export async function readLabel(
  file: string,
): Promise<{ readonly label: BackupLabel; readonly parts: readonly string[] }> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw unusable(`${file} cannot be read`, "Name a backup file, and put the stick in again.", cause);
  }
  const lines = text.split("\n");
  const label = firstLine.safeParse(jsonOf(lines[0] ?? ""));
  if (!label.success) throw unusable(`${file} is no backup of a clock`, "Name a file that `lintel backup` wrote.");
  const end = lastLine.safeParse(jsonOf(lines.at(-2) ?? ""));
  if (!end.success || lines.at(-1) !== "" || lines.length !== label.data.parts + 3) {
    throw unusable(
      `${file} is only half written`,
      "Make the backup again and wait until it says that it was read back.",
    );
  }
  if (hashOf(`${lines.slice(0, -2).join("\n")}\n`) !== end.data.sha256) {
    throw unusable(`${file} is not what was written: the stick is damaged`, "Make the backup again on another stick.");
  }
  return { label: label.data, parts: lines.slice(1, -2) };
}

/** Opens it and proves every record in it. @throws Fault `backup-unusable`, `backup-foreign` for another key. */
export async function openBackup(file: string, key: SealingKey): Promise<Owed> {
  const { label, parts } = await readLabel(file);
  if (label.kid !== key.kid) {
    throw new Fault(
      "backup-foreign",
      `${file} was sealed for the key ${label.kid}, and this is ${key.kid}`,
      "Name the private half of the key that the clock was given when the backup was made.",
    );
  }
  const texts: string[] = [];
  for (const [at, part] of parts.entries()) {
    const opened = await openAs(part, key, partIs(label.id, at));
    if (opened === null)
      throw unusable(`part ${at} of ${file} does not open`, "Make the backup again on another stick.");
    texts.push((await unpack(opened, { maxOutputLength: partMaxBytes })).toString("utf8"));
  }
  const told = manifest.safeParse(jsonOf(texts[0] ?? ""));
  if (!told.success || told.data.source !== label.source) throw unusable(`${file} says two things`, "Make it again.");
  const { keys, cursors, low, newest, unproved } = told.data;
  const keyOf = keyOfRing(keys);
  const records = texts
    .slice(1)
    .flatMap((some) => some.split("\n"))
    .map(rowOf);
  const isOurs = records.every((row) => {
    const event = proveRow(row, keyOf, "signature");
    return !isFlaw(event) && event.source === label.source;
  });
  if (!isOurs || records.length !== label.records)
    throw unusable(`${file} holds what its clock did not sign`, "Keep it and ask for help.");
  return { source: label.source, keys, cursors: new Map(cursors), low, newest, records, unproved };
}

/** The row that this signed text stood in. */
export function rowOf(jws: string): Row {
  const { id, type, epoch, seq, time } = eventOf(jws);
  return {
    ...{ epoch, seq, id, jws, rh: recordHash(jws.slice(0, jws.lastIndexOf("."))), isIntact: true },
    type: type.slice("dev.lintel.".length, -".v1".length) as RecordType,
    committedMs: Date.parse(time),
  };
}

const partIs = (id: string, at: number): string => `lintel-backup-1:${id}:${at}`;
const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");
const unusable = (message: string, remedy: string, cause?: unknown): Fault =>
  new Fault("backup-unusable", message, remedy, cause);

function chunked(all: readonly string[]): readonly (readonly string[])[] {
  const chunks: string[][] = [];
  for (let at = 0; at < all.length; at += perPart) chunks.push(all.slice(at, at + perPart));
  return chunks;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
