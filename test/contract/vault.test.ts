import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { copyFile, cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type PersonId, personId } from "../../kiosk/core/person.ts";
import type { Vault } from "../../kiosk/core/vault.ts";
import { openFileKeyBox } from "../../kiosk/store/seal.ts";
import { openVault } from "../../kiosk/store/vault.ts";

const ann = personId("p_aaaaaaaaaaaaaaaaaaaa");
const bob = personId("p_bbbbbbbbbbbbbbbbbbbb");
const vic = personId("v_vvvvvvvvvvvvvvvvvvvv");

async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "lintel-vault-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** The device's key beside the folder, as if on a device of its own. */
async function open(
  directory: string,
  isSuppressed?: (sub: PersonId) => boolean,
  key = `${directory}.seal`,
): Promise<Vault> {
  onTestFinished(() => rm(key, { force: true }));
  const keyBox = await openFileKeyBox(key);
  return openVault({ directory, keyBox, ...(isSuppressed && { isSuppressed }) });
}

const bytesOf = (text: string): Uint8Array => Buffer.from(text);
const textIn = (bytes: Uint8Array | null): string | null => bytes && Buffer.from(bytes).toString();
const flip = (file: string, at: number): void => {
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(file, bytes);
};

test("pieces come back after a restart, each subject's under their own name", async () => {
  const directory = await folder();
  {
    await using vault = await open(directory);
    await vault.put(ann, "consent", bytesOf("yes"));
    await vault.put(ann, "consent", bytesOf("yes, in German"));
    await vault.put(ann, "leave-2027", bytesOf(""));
    await vault.put(vic, "visit", bytesOf("Vic Example"));
  }
  await using vault = await open(directory);
  expect(vault.subjects().toSorted()).toEqual([ann, vic]);
  expect(vault.pieces(ann)).toEqual(["consent", "leave-2027"]);
  expect(vault.pieces(bob)).toEqual([]);
  expect(textIn(await vault.get(ann, "consent"))).toBe("yes, in German");
  expect(textIn(await vault.get(ann, "leave-2027"))).toBe("");
  expect(textIn(await vault.get(vic, "visit"))).toBe("Vic Example");
  expect(await vault.get(ann, "visit")).toBeNull();
  expect(await vault.get(bob, "visit")).toBeNull();
});

test("nothing can be read in the files, and only the owner may open them", async () => {
  const directory = await folder();
  await using vault = await open(directory);
  await vault.put(vic, "visit", bytesOf("Vic Example +49 170 5550123"));
  for (const name of readdirSync(directory)) {
    const bytes = readFileSync(join(directory, name));
    for (const needle of ["Vic", "5550123"]) expect(bytes.includes(needle), name).toBe(false);
    expect(statSync(join(directory, name)).mode & 0o077, name).toBe(0);
  }
});

test("a piece with a flipped byte is alone in being unreadable, and can be put again", async () => {
  const directory = await folder();
  await using vault = await open(directory);
  await vault.put(ann, "consent", bytesOf("yes"));
  await vault.put(ann, "visit", bytesOf("here"));
  await vault.put(bob, "consent", bytesOf("no"));
  for (const at of [0, 14, 29]) {
    flip(join(directory, `${ann}.consent.sealed`), at);
    await expect(vault.get(ann, "consent")).rejects.toMatchObject({ code: "seal-broken" });
    expect(textIn(await vault.get(ann, "visit"))).toBe("here");
    expect(textIn(await vault.get(bob, "consent"))).toBe("no");
    await vault.put(ann, "consent", bytesOf("yes"));
    expect(textIn(await vault.get(ann, "consent"))).toBe("yes");
  }
});

test("a damaged key costs its subject alone, who can be written anew", async () => {
  const directory = await folder();
  {
    await using vault = await open(directory);
    for (const sub of [ann, bob, vic]) await vault.put(sub, "consent", bytesOf(sub));
  }
  const keys = join(directory, "subjects.keys");
  const slot = readFileSync(keys).indexOf(bob);
  // In the wrapped key, then in the name of whose it is.
  for (const at of [slot + 40, slot + 5]) {
    flip(keys, at);
    await using vault = await open(directory);
    await expect(vault.get(bob, "consent")).rejects.toMatchObject({ code: "seal-broken" });
    expect(textIn(await vault.get(ann, "consent"))).toBe(ann);
    expect(textIn(await vault.get(vic, "consent"))).toBe(vic);
    await vault.put(bob, "consent", bytesOf(bob));
    expect(textIn(await vault.get(bob, "consent"))).toBe(bob);
  }
});

test("a key whose seal alone is damaged is proved by any piece that it opens, and nothing is lost", async () => {
  const directory = await folder();
  {
    await using vault = await open(directory);
    for (const sub of [ann, bob]) await vault.put(sub, "consent", bytesOf(sub));
    await vault.put(bob, "visit", bytesOf("here"));
  }
  const keys = join(directory, "subjects.keys");
  // In the tag: after state, length, a name of 32 bytes and a nonce of 12.
  flip(keys, readFileSync(keys).indexOf(bob) + 44);
  await using vault = await open(directory);
  expect(textIn(await vault.get(bob, "consent"))).toBe(bob);
  await vault.put(bob, "consent", bytesOf("anew"));
  expect(textIn(await vault.get(bob, "consent"))).toBe("anew");
  expect(textIn(await vault.get(bob, "visit"))).toBe("here");
});

test("without the table of keys nobody's pieces open, and nothing is deleted: it may come back", async () => {
  const directory = await folder();
  const aside = join(await folder(), "keys");
  {
    await using vault = await open(directory);
    await vault.put(ann, "consent", bytesOf("yes"));
  }
  await copyFile(join(directory, "subjects.keys"), aside);
  await rm(join(directory, "subjects.keys"));
  {
    await using vault = await open(directory);
    await expect(vault.get(ann, "consent")).rejects.toMatchObject({ code: "seal-broken" });
  }
  await copyFile(aside, join(directory, "subjects.keys"));
  await using vault = await open(directory);
  expect(textIn(await vault.get(ann, "consent"))).toBe("yes");
});

test("a piece does not open as another piece, nor as another subject's", async () => {
  const directory = await folder();
  await using vault = await open(directory);
  for (const [sub, piece] of [
    [ann, "consent"],
    [ann, "visit"],
    [bob, "consent"],
  ] as const)
    await vault.put(sub, piece, bytesOf(`${sub} ${piece}`));
  for (const to of [`${ann}.visit.sealed`, `${bob}.consent.sealed`])
    await copyFile(join(directory, `${ann}.consent.sealed`), join(directory, to));
  await expect(vault.get(ann, "visit")).rejects.toMatchObject({ code: "seal-broken" });
  await expect(vault.get(bob, "consent")).rejects.toMatchObject({ code: "seal-broken" });
});

test("another device's key opens nothing", async () => {
  const directory = await folder();
  {
    await using vault = await open(directory);
    await vault.put(ann, "consent", bytesOf("yes"));
  }
  await using vault = await open(directory, undefined, `${directory}.other`);
  await expect(vault.get(ann, "consent")).rejects.toMatchObject({ code: "seal-broken" });
});

test("what was dropped is gone, and with the last piece the key", async () => {
  const directory = await folder();
  await using vault = await open(directory);
  await vault.put(ann, "consent", bytesOf("yes"));
  await vault.put(ann, "visit", bytesOf("here"));
  expect(await vault.drop(ann, "visit")).toBe(true);
  expect(await vault.drop(ann, "visit")).toBe(false);
  expect(await vault.get(ann, "visit")).toBeNull();
  expect(textIn(await vault.get(ann, "consent"))).toBe("yes");
  expect(await vault.drop(ann, "consent")).toBe(true);
  expect(vault.subjects()).toEqual([]);
  expect(readFileSync(join(directory, "subjects.keys")).every((byte) => byte === 0)).toBe(true);
});

test("destroying a subject leaves no key and no piece, and a copy of the pieces opens nowhere again", async () => {
  const directory = await folder();
  const backup = await folder();
  {
    await using vault = await open(directory);
    await vault.put(ann, "consent", bytesOf("yes"));
    await vault.put(ann, "visit", bytesOf("here"));
    await vault.put(bob, "visit", bytesOf("there"));
    await cp(directory, backup, { recursive: true });
    expect(await vault.destroy(ann)).toBe(2);
    expect(await vault.destroy(ann)).toBe(0);
    expect(await vault.get(ann, "visit")).toBeNull();
    expect(vault.subjects()).toEqual([bob]);
    expect(readFileSync(join(directory, "subjects.keys")).includes(ann)).toBe(false);
    expect(readdirSync(directory).filter((name) => name.startsWith(ann))).toEqual([]);
    // Whoever comes anew has a key of their own, with which the old copy does not open.
    await vault.put(ann, "consent", bytesOf("again"));
    await copyFile(join(backup, `${ann}.visit.sealed`), join(directory, `${ann}.visit.sealed`));
  }
  await using vault = await open(directory);
  expect(textIn(await vault.get(ann, "consent"))).toBe("again");
  await expect(vault.get(ann, "visit")).rejects.toMatchObject({ code: "seal-broken" });
  expect(textIn(await vault.get(bob, "visit"))).toBe("there");
});

test("nothing new is kept of whoever must not come back, and what there is can be counted and destroyed", async () => {
  const directory = await folder();
  {
    await using vault = await open(directory);
    await vault.put(ann, "consent", bytesOf("yes"));
  }
  await using vault = await open(directory, (sub) => sub === ann);
  expect(vault.pieces(ann)).toEqual(["consent"]);
  await expect(vault.put(ann, "visit", bytesOf("here"))).rejects.toMatchObject({ code: "person-suppressed" });
  expect(await vault.destroy(ann)).toBe(1);
});

test("what crashes leave is cleaned at opening: half-written files, keys without pieces, removals cut short", async () => {
  const directory = await folder();
  const copies = await folder();
  {
    await using vault = await open(directory);
    await vault.put(ann, "consent", bytesOf("yes"));
    await vault.put(bob, "consent", bytesOf("no"));
    await vault.put(vic, "visit", bytesOf("here"));
  }
  // Cut between the key and the first piece.
  await rm(join(directory, `${ann}.consent.sealed`));
  // Cut between the end of the key and that of the pieces: state 2, and a key of zeros.
  const keys = join(directory, "subjects.keys");
  const table = readFileSync(keys);
  const bobs = table.indexOf(bob) - 2;
  table[bobs] = 2;
  table.fill(0, bobs + 34, bobs + 128);
  // A slot of which half was written when the power went.
  writeFileSync(keys, Buffer.concat([table, Buffer.from("\u0001\u003cp_ccccccccc")]));
  writeFileSync(join(directory, `${vic}.visit.sealed.00000000.tmp`), "half");
  await cp(directory, copies, { recursive: true });
  await using vault = await open(directory);
  expect(vault.subjects()).toEqual([vic]);
  expect(textIn(await vault.get(vic, "visit"))).toBe("here");
  expect(readdirSync(directory).toSorted()).toEqual(["subjects.keys", `${vic}.visit.sealed`]);
  const after = readFileSync(keys);
  expect([ann, bob].some((sub) => after.includes(sub))).toBe(false);
  await vault.put(ann, "consent", bytesOf("anew"));
  expect(textIn(await vault.get(ann, "consent"))).toBe("anew");
});

test("names of pieces that could be anything else are a bug, and nothing is written", async () => {
  const directory = await folder();
  await using vault = await open(directory);
  for (const piece of ["", "../x", "A", "a".repeat(41), "a.b"])
    await expect(vault.put(ann, piece, bytesOf("x"))).rejects.toThrow(RangeError);
  expect(vault.subjects()).toEqual([]);
});

test("many put and drop at once: everything that was said to be kept is kept", async () => {
  const directory = await folder();
  const subs = Array.from({ length: 40 }, (_, index) => personId(`u_${String(index).padStart(20, "0")}`));
  {
    await using vault = await open(directory);
    await Promise.all(subs.map((sub) => vault.put(sub, "one", bytesOf(sub))));
    const others = subs.map(async (sub, index) => {
      if (index % 2 === 0) await vault.destroy(sub);
      else await vault.put(sub, "two", bytesOf(sub));
    });
    await Promise.all(others);
  }
  await using vault = await open(directory);
  const odd = subs.filter((_, index) => index % 2 === 1);
  expect(vault.subjects().toSorted()).toEqual(odd);
  for (const sub of odd) expect(textIn(await vault.get(sub, "two"))).toBe(sub);
});

test("a disk that does not take a piece is a fault, and what was there stays", async () => {
  const directory = await folder();
  await using vault = await open(directory);
  await vault.put(ann, "consent", bytesOf("yes"));
  mkdirSync(join(directory, `${ann}.visit.sealed`));
  await expect(vault.put(ann, "visit", bytesOf("here"))).rejects.toMatchObject({ code: "state-unwritable" });
  expect(await vault.get(ann, "visit")).toBeNull();
  expect(textIn(await vault.get(ann, "consent"))).toBe("yes");
});
