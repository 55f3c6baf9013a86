import { z } from "zod";
import { Fault } from "../core/fault.ts";
import { checksums } from "./checksum.ts";
import { numberRule } from "./number.ts";

/** What we know of readers: how each is recognised, how it says a card, and what it means by that (docs/readers.md). */

const usbId = z.union([
  z.int().min(0).max(0xffff),
  z
    .string()
    .regex(/^(0x)?[0-9a-f]{1,4}$/i, "a vendor or product is up to four hexadecimal digits")
    .transform((text) => Number.parseInt(text.replace(/^0x/i, ""), 16)),
]);
const byte = z.int().min(0).max(255);
const checksum = z.enum(checksums).default("none");

const match = z.strictObject({
  vendor: usbId,
  product: usbId.optional(),
  usagePage: usbId.optional(),
  usage: usbId.optional(),
  serial: z.string().min(1).max(128).optional(),
  /** Where it is plugged in, as `lintel reader list` shows it, or the end of that: two of a kind that are set up differently. */
  port: z.string().min(1).max(64).optional(),
});

const length = z.int().min(1).max(32);

/** Types its cards, as a keyboard does. */
const keyboard = z.strictObject({
  kind: z.literal("keyboard"),
  /** key: Enter or Tab; silence: nothing for `gapMs`; learn: silence, until it pressed a key once. */
  end: z.enum(["key", "silence", "learn"]).default("learn"),
  gapMs: z.int().min(20).max(1_000).default(100),
  /** Characters of a card with its check; all lengths from 4 to 32 where it is left out. */
  lengths: z.array(length).min(1).max(8).optional(),
  characters: z.enum(["digits", "hex", "letters"]).default("letters"),
  checksum,
  /** Where its reports are numbered. */
  reportId: byte.optional(),
});

/** Says a card in reports of its own. */
const report = z.strictObject({
  kind: z.literal("report"),
  reportId: byte.optional(),
  /** Where the card begins, after the report's number. */
  offset: z.int().min(0).max(255).default(0),
  /** In bytes; or where the byte stands that says it. */
  length: z.union([length, z.strictObject({ at: z.int().min(0).max(255) })]),
  /** Which byte comes first. */
  order: z.enum(["high", "low"]).default("high"),
  /** A byte that ends a card which is shorter than `length`. */
  end: byte.optional(),
  /** Bytes are the number; ascii: they are its characters. */
  text: z.enum(["bytes", "ascii"]).default("bytes"),
  checksum,
});

/** RF IDeas' feature reports: asked, not heard. */
const pcprox = z.strictObject({ kind: z.literal("pcprox"), pollMs: z.int().min(50).max(2_000).default(150) });

export const profile = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]{1,40}$/, "a name is 1 to 40 of a-z, 0-9 and -"),
  match,
  framing: z.discriminatedUnion("kind", [keyboard, report, pcprox]),
  number: numberRule.prefault({}),
  /** A card that was not seen for so long is away: the next time is a new tap. */
  absentMs: z.int().min(200).max(10_000).default(1_000),
});
export type Profile = z.output<typeof profile>;
export type KeyboardFraming = z.output<typeof keyboard>;
export type ReportFraming = z.output<typeof report>;

const keyboardUsage = { usagePage: 1, usage: 6 };

const wedge = (name: string, vendor: number): z.input<typeof profile> => ({
  name,
  match: { vendor, ...keyboardUsage },
  framing: { kind: "keyboard" },
});

/**
 * Readers that are taken unasked. Of keyboards only those of makers of readers: a person's own looks the same, and what
 * they type is none of our business. Vendors: the USB ID repository (linux-usb.org).
 */
export const knownProfiles: readonly Profile[] = z.array(profile).parse([
  {
    name: "rfideas-pcprox",
    match: { vendor: 0x0c27, product: 0x3bfa, ...keyboardUsage },
    framing: { kind: "pcprox" },
    number: { from: "hex", wiegand: "by-length" },
  },
  wedge("rfideas-wedge", 0x0c27),
  wedge("authentec-wedge", 0x08ff),
  wedge("omnikey-wedge", 0x076b),
  wedge("elatec-wedge", 0x09d8),
  wedge("sycreader-wedge", 0xffff),
]);

/** For a device that somebody named and no profile knows: it types, most likely. */
export const namedProfile: Profile = profile.parse({ ...wedge("named", 0), match: { vendor: 0 } });

/**
 * Profiles of a site, then ours: the first that fits a device is taken.
 * @param text `{"profiles": […]}`; null where the site has none.
 * @throws Fault `config-invalid` saying which member is wrong.
 */
export function parseProfiles(text: string | null): readonly Profile[] {
  if (text === null) return knownProfiles;
  const parsed = z.strictObject({ profiles: z.array(profile).max(64) }).safeParse(jsonOf(text));
  if (parsed.success) return [...parsed.data.profiles, ...knownProfiles];
  const [issue] = parsed.error.issues;
  const where = issue?.path.join(".") || "the file of readers";
  throw new Fault(
    "config-invalid",
    `${where}: ${issue?.message ?? "not valid"}`,
    "Correct the file of --readers; docs/readers.md shows every member.",
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
