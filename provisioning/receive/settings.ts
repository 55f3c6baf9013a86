import { z } from "zod";
import type { Identity } from "../../kiosk/core/record.ts";
import type { Desired, DesiredShelf } from "../../kiosk/uplink/receiver/desired-shelf.ts";
import { linesOfFile } from "./lines.ts";
import { nextVersion } from "./roster.ts";

/** Settings as they should be, in a receiver's store: for one clock, for a site, or for all. The nearest counts. */

const kind = "cfg";

const settingsLine = z.object({
  for: z.string().regex(/^(all|site:[a-z0-9-]{1,24}|k[0-9a-z]{20})$/),
  min_fw: z.string().max(64).default("0.0.0"),
  doc: z.looseObject({}),
});

/** One document a line. @throws Fault `config-invalid` with the line. */
export function readSettingsFile(file: string): ReadonlyMap<string, string> {
  const form = '{"for": "all", "doc": {…}}, or "site:NAME", or a clock\'s id';
  return new Map(
    linesOfFile(file, form, (line) => settingsLine.parse(line)).map((line) => {
      const document: Document = { min_fw: line.min_fw, doc: JSON.stringify(line.doc) };
      return [line.for, JSON.stringify(document)];
    }),
  );
}

interface Document {
  readonly min_fw: string;
  readonly doc: string;
}

/** Makes the store say what the file says. @returns whether that was news. */
export async function putSettings(
  shelf: DesiredShelf,
  documents: ReadonlyMap<string, string>,
  nowMs: number,
): Promise<boolean> {
  let isNews = false;
  await shelf.change(kind, (rows) => {
    const v = nextVersion(rows, nowMs);
    const names = new Set([...documents.keys(), ...rows.map(({ name }) => name)]);
    const changes = [...names].flatMap((name): readonly Desired[] => {
      const text = documents.get(name) ?? null;
      return (rows.find((row) => row.name === name)?.text ?? null) === text ? [] : [{ kind, name, v, text }];
    });
    isNews = changes.length > 0;
    return changes;
  });
  return isNews;
}

export const getSettings = (shelf: DesiredShelf): Promise<readonly Desired[]> => shelf.read(kind);

/** What a clock should have, or null. Its version rises also when a nearer document is taken back. */
export function settingsFor(
  { site, device }: Identity,
  rows: readonly Desired[],
): (Document & { readonly v: number }) | null {
  const ours = [device, `site:${site}`, "all"].flatMap((name) => rows.filter((row) => row.name === name));
  const nearest = ours.find(({ text }) => text !== null)?.text;
  if (nearest === undefined || nearest === null) return null;
  return { v: Math.max(...ours.map(({ v }) => v)), ...(JSON.parse(nearest) as Document) };
}
