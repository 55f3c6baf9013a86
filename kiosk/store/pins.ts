import { createHmac } from "node:crypto";
import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { fromBase64url, toBase64url } from "../core/base64url.ts";
import { Fault } from "../core/fault.ts";
import { isPersonId, type PersonId } from "../core/person.ts";
import { type PinAnswer, type Pins, type PinWish, pinDigits } from "../core/pin.ts";
import type { Stamp } from "../core/time.ts";
import { ensureStateFolder, writeAtomically } from "./atomic.ts";
import { openPinGuard } from "./pin-guard.ts";
import { isNumber, isSame, newSalt, peppered, readVerifier, slowHash } from "./pin-hash.ts";
import { type KeyBox, newDataKey, openFileKeyBox, seal, unseal } from "./seal.ts";
import { readWrapped, rewrapped, writeWrapped } from "./wrapped-key.ts";

export interface PinsOptions {
  /** `pins.sealed`, `pepper.key` and `tries.json`; nobody else's files. */
  readonly directory: string;
  /** Number of this boot, and both clocks: waiting is by the monotonic one. */
  readonly boot: number;
  readonly now: () => Stamp;
  /** Default: a key box in a file of this folder, `device.seal`. */
  readonly keyBox?: KeyBox;
}

export interface SealedPins extends Pins {
  /** `seal-broken` where the file did not open; it was set aside, and people set their PINs anew. */
  readonly notice: Fault | null;
}

interface Entry {
  readonly number: string;
  readonly source: "here" | "roster";
  readonly salt: Uint8Array;
  readonly mac: Uint8Array;
  readonly duress: Uint8Array | null;
}

const pepperIs = "lintel pin pepper";
const tableIs = "lintel pin table";

/** @throws Fault `state-unwritable`, `disk-full`, `seal-broken` where the pepper itself cannot be read. */
export async function openPins({ directory, boot, now, keyBox: given }: PinsOptions): Promise<SealedPins> {
  await ensureStateFolder(directory);
  const pepper = await pepperIn(directory, given ?? (await openFileKeyBox(join(directory, "device.seal"))));
  const derived = (purpose: string): Uint8Array => createHmac("sha256", pepper).update(purpose).digest();
  const [tableKey, nameKey] = [derived("table"), derived("names")];
  const path = join(directory, "pins.sealed");
  const { entries, notice } = await readTable(path, tableKey);
  const guard = await openPinGuard({ path: join(directory, "tries.json"), boot, now });

  const write = (): Promise<void> =>
    writeAtomically(path, seal(tableKey, Buffer.from(JSON.stringify([...entries].map(written))), tableIs));
  const ownerOf = (number: string): PersonId | undefined =>
    [...entries].find(([, entry]) => entry.number === number)?.[0];
  /** Names nobody, not even by the number they typed. */
  const keyOf = (name: string): string => createHmac("sha256", nameKey).update(name).digest("base64url").slice(0, 22);
  /** Numbers that nobody has are checked as well, against what no PIN gives. */
  const nobodys: Entry = {
    ...{ number: "", source: "here", salt: newSalt(), mac: newDataKey(), duress: newDataKey() },
  };
  let last: Promise<unknown> = Promise.resolve();
  const oneByOne = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };

  return {
    notice,
    check: ({ who, pin }) =>
      oneByOne(async (): Promise<PinAnswer> => {
        const person = "person" in who ? who.person : ownerOf(who.number);
        const key = keyOf(person ?? ("number" in who ? who.number : ""));
        const forMs = guard.waitMs(key);
        if (forMs > 0) return { is: "wait", forMs };
        await guard.count(key);
        const { salt, mac, duress } = (person === undefined ? undefined : entries.get(person)) ?? nobodys;
        const typed = peppered(pepper, await slowHash(pin, salt));
        const isOwn = isSame(typed, mac);
        const isDuress = isSame(typed, duress ?? nobodys.mac);
        if (person === undefined || !(isOwn || isDuress)) return { is: "wrong" };
        await guard.clear(key);
        return { is: "good", person, isDuress: !isOwn };
      }),
    set: (person, wish) =>
      oneByOne(async () => {
        const owner = ownerOf(wish.number);
        checkWish(wish, owner !== undefined && owner !== person);
        const salt = newSalt();
        const mac = peppered(pepper, await slowHash(wish.pin, salt));
        const duress = wish.duress === undefined ? null : peppered(pepper, await slowHash(wish.duress, salt));
        entries.set(person, { number: wish.number, source: "here", salt, mac, duress });
        await write();
        await guard.forget(keyOf(person));
      }),
    remove: (person) =>
      oneByOne(async () => {
        if (entries.delete(person)) await write();
        await guard.forget(keyOf(person));
      }),
    adopt: (verifiers) =>
      oneByOne(async () => {
        const before = new Map(entries);
        for (const [person, { source }] of before) if (source === "roster") entries.delete(person);
        let left = 0;
        for (const [person, text] of verifiers) {
          const found = readVerifier(text);
          const owner = found === null ? undefined : ownerOf(found.number);
          if (found === null || (owner !== undefined && owner !== person)) left += 1;
          // What somebody set here themselves is newer than any list.
          else if (entries.get(person)?.source !== "here") entries.set(person, adopted(found, pepper));
        }
        if (isOther(before, entries)) await write();
        return left;
      }),
    numbers: () => new Map([...entries].map(([person, { number }]) => [person, number])),
    [Symbol.asyncDispose]: async () => {
      await last;
      entries.clear();
      pepper.fill(0);
    },
  };
}

const adopted = (found: NonNullable<ReturnType<typeof readVerifier>>, pepper: Uint8Array): Entry => ({
  number: found.number,
  source: "roster",
  salt: found.salt,
  mac: peppered(pepper, found.hash),
  duress: found.duress && peppered(pepper, found.duress),
});

const isOther = (before: ReadonlyMap<PersonId, Entry>, after: ReadonlyMap<PersonId, Entry>): boolean =>
  JSON.stringify([...before].map(written).sort()) !== JSON.stringify([...after].map(written).sort());

/** The message names no digit. */
function checkWish({ number, pin, duress }: PinWish, isTaken: boolean): void {
  const { min, max } = pinDigits;
  const refuse = (message: string, remedy: string): Fault => new Fault("pin-refused", message, remedy);
  if (!isNumber(number)) throw refuse("the number is not 3 to 8 digits", "Choose another number.");
  if (isTaken) throw refuse("the number is somebody else's", "Choose another number.");
  for (const one of [pin, ...(duress === undefined ? [] : [duress])]) {
    if (!/^[0-9]+$/.test(one) || one.length < min || one.length > max) {
      throw refuse(`a PIN is ${min} to ${max} digits`, "Choose another PIN.");
    }
    if (one === number || isTrivial(one)) {
      throw refuse("the PIN is among the first that anybody tries", "Choose another PIN.");
    }
  }
  if (pin === duress) throw refuse("both PINs are the same", "The one for when somebody forces you has to differ.");
}

/** 0000, 1234, 4321 and their like. */
function isTrivial(pin: string): boolean {
  const steps = [...pin].slice(1).map((digit, index) => Number(digit) - Number(pin[index]));
  return [0, 1, -1].some((step) => steps.every((one) => one === step));
}

const bytes = z.string().transform((text, context) => {
  const decoded = fromBase64url(text);
  if (decoded !== null) return decoded;
  context.addIssue("not base64url");
  return z.NEVER;
});
const row = z.object({
  person: z.custom<PersonId>((value) => typeof value === "string" && isPersonId(value)),
  number: z.string(),
  source: z.enum(["here", "roster"]),
  salt: bytes,
  mac: bytes,
  duress: bytes.nullable(),
});

const written = ([person, { number, source, salt, mac, duress }]: readonly [PersonId, Entry]) => ({
  ...{ person, number, source },
  salt: toBase64url(salt),
  mac: toBase64url(mac),
  duress: duress && toBase64url(duress),
});

async function readTable(path: string, key: Uint8Array) {
  const sealed = await readIfThere(path);
  const entries = new Map<PersonId, Entry>();
  if (sealed === null) return { entries, notice: null };
  try {
    const rows = z.array(row).parse(JSON.parse(Buffer.from(unseal(key, sealed, tableIs)).toString()));
    for (const { person, ...entry } of rows) entries.set(person, entry);
    return { entries, notice: null };
  } catch (cause) {
    await rename(path, `${path}.bad`);
    const remedy = "People set their PINs anew; badges and faces are not touched.";
    return { entries, notice: new Fault("seal-broken", "the file of the PINs does not open", remedy, cause) };
  }
}

/** Made once for this device; a table that was copied elsewhere is worth nothing without it. */
async function pepperIn(directory: string, keyBox: KeyBox): Promise<Uint8Array> {
  const file = { path: join(directory, "pepper.key"), keyBox, bindTo: pepperIs };
  keyBox.holds?.("pins", rewrapped(file));
  try {
    const kept = await readWrapped(file);
    if (kept !== null) return kept;
  } catch (cause) {
    const remedy = "Put the folders keys and pins back as they were, or move pins aside and set PINs anew.";
    throw new Fault("seal-broken", "the pepper of the PINs cannot be read", remedy, cause);
  }
  const pepper = newDataKey();
  await writeWrapped(file, pepper);
  return pepper;
}

async function readIfThere(path: string): Promise<Uint8Array | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
