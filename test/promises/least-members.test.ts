import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RecordEvent } from "../../kiosk/core/record.ts";
import { recordData, recordEvent } from "../../kiosk/uplink/contract/wire.ts";
import { membersOf } from "../../provisioning/dpia/members.ts";
import { foreign, kept, readIn } from "./record-kept.ts";
import { eventOf, readers, slowReaders } from "./record-readers.ts";
import { samples } from "./record-samples.ts";

/** Nothing is collected that is not needed: each member of each record is taken away, and something has to miss it. */

function without(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((one) => without(one, [name ?? "", ...rest]));
  if (typeof value !== "object" || value === null || name === undefined) return value;
  const entries = Object.entries(value).filter(([key]) => key !== name || rest.length > 0);
  return Object.fromEntries(entries.map(([key, one]) => [key, key === name ? without(one, rest) : one]));
}

const has = (value: unknown, [name, ...rest]: readonly string[]): boolean =>
  name === undefined ||
  (Array.isArray(value)
    ? value.some((one) => has(one, [name, ...rest]))
    : typeof value === "object" &&
      value !== null &&
      name in value &&
      has(Object.entries(value).find(([key]) => key === name)?.[1], rest));

async function made(read: (event: RecordEvent) => unknown, event: RecordEvent): Promise<string> {
  try {
    return JSON.stringify(await read(event)) ?? "nothing";
  } catch (error) {
    return `thrown: ${error}`;
  }
}

/** By name of reader, those to whom these two are not the same. */
async function missedBy(whole: RecordEvent, less: RecordEvent): Promise<readonly string[]> {
  const missed: string[] = [];
  for (const [name, read] of Object.entries({ ...readers, ...slowReaders })) {
    if ((await made(read, whole)) !== (await made(read, less))) missed.push(name);
  }
  return missed;
}

const events = samples.map((body, at) => eventOf(body, body.type === "genesis" ? 0 : 10 + at));
const kindOf = ({ type }: Pick<RecordEvent, "type">): string => String(type).split(".")[2] ?? "";
const bodies: readonly (readonly [string, readonly string[]])[] = Object.entries(recordData).map(([type, schema]) => [
  type.split(".")[2] ?? "",
  // Names that are data themselves are no members.
  membersOf(schema).filter((member) => !member.endsWith("*")),
]);

const unfilledBy: readonly string[] = ["nobody fills it"];

/** Each member with those who miss it, whichever sample it is taken from. */
async function missing(): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (const [kind, members] of bodies) {
    for (const member of members) {
      const path = ["data", ...member.split(".")];
      const filled = events.filter((event) => kindOf(event) === kind && has(event, path));
      const missed = await Promise.all(filled.map((event) => missedBy(event, without(event, path) as RecordEvent)));
      found.set(`${kind}.${member}`, filled.length === 0 ? unfilledBy : [...new Set(missed.flat())]);
    }
  }
  return found;
}

test("IC-1 each member of each record is taken away in turn, and something named misses it, or it is written down for whom it stays; a member that no clock fills is in no contract", async () => {
  const found = await missing();
  expect(found.size).toBeGreaterThan(120);
  const unfilled = [...found].filter(([, by]) => by === unfilledBy).map(([member]) => member);
  expect(unfilled, "in the contract, and in no record of ours").toEqual(Object.keys(foreign));
  const unmissed = [...found].filter(([, by]) => by.length === 0).map(([member]) => member);
  expect(unmissed.toSorted(), "missed by nobody, and listed by nobody").toEqual(
    [...Object.keys(kept), ...Object.keys(readIn)].toSorted(),
  );
});

test("IC-1 each attribute around a record is taken away in turn, and the receiver refuses what is left", async () => {
  const [event] = events;
  if (event === undefined) throw new Error("no sample");
  const attributes = Object.keys(recordEvent.shape);
  expect(attributes.toSorted()).toEqual(Object.keys(event).toSorted());
  for (const name of attributes)
    expect(await missedBy(event, without(event, [name]) as RecordEvent), name).toContain(
      "a receiver (receiver/receiver)",
    );
});

test("IC-1 whoever is said to read a member elsewhere still does", async () => {
  for (const [member, [file, words]] of Object.entries(readIn)) {
    const text = await readFile(join(import.meta.dirname, "../..", file), "utf8");
    expect(text.replaceAll(/\s+/g, " "), `${member} in ${file}`).toContain(words);
  }
});
