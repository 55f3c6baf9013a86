import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Fault, isFault } from "../../kiosk/core/fault.ts";
import { readPointer } from "../ticket/pointer.ts";
import { fetchTicket } from "./client.ts";
import type { Context } from "./context.ts";
import { scanTicket } from "./scan.ts";

/** Where a ticket comes from: what was said beforehand, a USB stick, the keyboard, or the clock's own camera. */

/** @returns the ticket's text. @throws Fault `ticket-missing`, `ticket-invalid`, or why it cannot be fetched. */
export async function obtainTicket(context: Context): Promise<string> {
  const { wish, talk, signal } = context;
  if (wish.ticket !== null) return followed(await textOf(wish.ticket), context);
  const found = await onSticks(context);
  if (found !== null) return followed(found, context);
  const sentence =
    "Hold the ticket's code before the camera, plug in the USB stick with the ticket, or type its line here.";
  const looked = new AbortController();
  const either = AbortSignal.any([signal, looked.signal, AbortSignal.timeout(wish.waitMs)]);
  try {
    // Whichever comes first; nobody at the keyboard and no camera are no reason to give the other up.
    const ways = [
      talk.ask({ about: "ticket", sentence }, either).then((text) => (text ? textOf(text) : never())),
      scanTicket(context, either).catch((error: unknown) => {
        if (!isFault(error)) throw error;
        if (!looked.signal.aborted) talk.say(`No code is looked for: ${error.message}.`);
        return never();
      }),
      stickLater(context, either),
    ];
    const text = await Promise.race([...ways, ended(either)]);
    if (text !== null) return await followed(text, context);
  } finally {
    looked.abort();
  }
  signal.throwIfAborted();
  throw new Fault(
    "ticket-missing",
    "nobody showed a ticket",
    "Run this again with one: a code, a USB stick, or --ticket.",
  );
}

const never = (): Promise<never> => new Promise(() => {});

const ended = (signal: AbortSignal): Promise<null> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    signal.addEventListener("abort", () => resolve(null), { once: true });
  });

/** @param given a text itself, or the path of a file that holds it. */
const textOf = async (given: string): Promise<string> =>
  existsSync(given) ? (await readFile(given, "utf8")).trim() : given.trim();

/** A pointer leads to its ticket. */
async function followed(text: string, { talk }: Context): Promise<string> {
  const pointer = readPointer(text);
  if (pointer === null) return text;
  talk.say(`The code leads to ${new URL(pointer.base).host}: fetching the ticket there.`);
  return fetchTicket(pointer);
}

/** Folders of USB sticks: the one that was named, or all that are mounted. */
export async function sticksOf({ wish, places: { root } }: Context): Promise<readonly string[]> {
  if (wish.usb !== null) return existsSync(wish.usb) ? [wish.usb] : [];
  const sticks: string[] = [];
  for (const place of ["media", "run/media", "mnt"].map((name) => join(root, name))) {
    for (const one of await foldersIn(place)) sticks.push(one, ...(await foldersIn(one)));
  }
  return sticks;
}

const foldersIn = async (place: string): Promise<readonly string[]> =>
  (await readdir(place, { withFileTypes: true }).catch(() => []))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(place, name));

/** The newest of several: a stick may carry yesterday's too. */
async function onSticks(context: Context): Promise<string | null> {
  const found: string[] = [];
  for (const stick of await sticksOf(context)) {
    for (const name of await readdir(stick).catch(() => []))
      if (/^lintel-ticket.*\.jws$/.test(name)) found.push((await readFile(join(stick, name), "utf8")).trim());
  }
  return found.toSorted((a, b) => madeAt(a) - madeAt(b)).at(-1) ?? null;
}

/** As it says itself, unread and unproved: only to choose between several. */
function madeAt(text: string): number {
  try {
    const { iat } = JSON.parse(Buffer.from(text.split(".")[1] ?? "", "base64url").toString()) as {
      readonly iat?: unknown;
    };
    return typeof iat === "number" ? iat : 0;
  } catch {
    return 0;
  }
}

const lookAgainMs = 1_000;

async function stickLater(context: Context, signal: AbortSignal): Promise<string> {
  while (!signal.aborted) {
    await context.clock.sleep(lookAgainMs, signal);
    const found = await onSticks(context);
    if (found !== null) return found;
  }
  return never();
}
