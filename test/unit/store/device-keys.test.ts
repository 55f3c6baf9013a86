import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { copyFile, cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type PersonId, personId } from "../../../kiosk/core/person.ts";
import type { Vault } from "../../../kiosk/core/vault.ts";
import { type DeviceKeys, type DeviceRoot, openDeviceKeys } from "../../../kiosk/store/device-keys.ts";
import { openFileKeyBox } from "../../../kiosk/store/seal.ts";
import { openVault } from "../../../kiosk/store/vault.ts";
import { readWrapped, rewrapped, writeWrapped } from "../../../kiosk/store/wrapped-key.ts";

const software: DeviceRoot = { assurance: "software", secret: null, former: null };
const credential = (letter: string, former: string | null = null): DeviceRoot => ({
  assurance: "credential",
  secret: Buffer.alloc(32, letter),
  former: former === null ? null : Buffer.alloc(32, former),
});
const idOf = (number: number): PersonId => personId(`p_${String(number).padStart(20, "0")}`);
const startMs = Date.UTC(2026, 10, 22);

async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "lintel-keys-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

interface Opened {
  readonly keys: DeviceKeys;
  readonly vault: Vault;
  readonly other: () => Promise<string | null>;
  readonly write: (text: string) => Promise<void>;
}

/** A clock's keys with two who hold wrapped ones: a vault and a file. */
async function open(
  state: string,
  root = software,
  change: Partial<{ nowUtcMs: () => number; former: string[] }> = {},
) {
  const keys = await openDeviceKeys({
    ...{ directory: join(state, "keys"), root, holders: ["vault", "other"], nowUtcMs: () => startMs, ...change },
  });
  const vault = await openVault({ directory: join(state, "people"), keyBox: keys });
  const file = { path: join(state, "other.key"), keyBox: keys, bindTo: "other" };
  keys.holds?.("other", rewrapped(file));
  const opened: Opened = {
    ...{ keys, vault },
    other: async () => {
      const bytes = await readWrapped(file);
      return bytes && Buffer.from(bytes).toString();
    },
    write: (text) => writeWrapped(file, Buffer.from(text)),
  };
  return opened;
}

async function fill({ vault, write }: Opened): Promise<void> {
  for (let number = 0; number < 5; number += 1) await vault.put(idOf(number), "note", Buffer.from(`about ${number}`));
  await write("a key of 32 bytes, or of as many.");
}

async function expectAll({ vault, other }: Opened, numbers = [0, 1, 2, 3, 4]): Promise<void> {
  for (const number of numbers)
    expect(Buffer.from((await vault.get(idOf(number), "note")) ?? "").toString()).toBe(`about ${number}`);
  expect(await other()).toBe("a key of 32 bytes, or of as many.");
}

const keksIn = (state: string): readonly string[] =>
  readdirSync(join(state, "keys")).filter((name) => name.endsWith(".kek"));

test("a rotation leaves everything readable, and nothing that the old key opens", async () => {
  const state = await folder();
  const opened = await open(state);
  await fill(opened);
  expect(opened.keys.lastRotation()).toBeNull();
  expect(opened.keys.isDue()).toBe(false);
  const before = await folder();
  await cp(state, before, { recursive: true });
  await opened.keys.rotate();
  await expectAll(opened);
  expect(opened.keys.lastRotation()).toBe("2026-11-22T00:00:00.000Z");
  expect(keksIn(state)).toEqual(["2.kek"]);
  await expectAll(await open(state));
  // The old key, found on some other disk, opens nothing of what is here now.
  await rm(join(state, "keys", "2.kek"));
  await copyFile(join(before, "keys", "1.kek"), join(state, "keys", "1.kek"));
  const thief = await open(state);
  await expect(thief.vault.get(idOf(0), "note")).rejects.toMatchObject({ code: "seal-broken" });
  await expect(thief.other()).rejects.toThrow();
});

test("pieces are read and written all the time while keys are replaced", async () => {
  const state = await folder();
  const opened = await open(state);
  await fill(opened);
  const ended = new AbortController();
  let reads = 0;
  const read = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      await expectAll(opened);
      reads += 1;
    }
  };
  const reading = read();
  for (let round = 0; round < 5; round += 1) {
    await Promise.all([
      opened.keys.rotate(),
      opened.vault.put(idOf(10 + round), "note", Buffer.from(`about ${10 + round}`)),
    ]);
  }
  ended.abort();
  await reading;
  expect(reads).toBeGreaterThan(0);
  await expectAll(await open(state), [0, 1, 2, 3, 4, 10, 11, 12, 13, 14]);
});

test("cut at any moment, everything is readable, and the next rotation ends with one key", async () => {
  const state = await folder();
  const copies = await folder();
  await fill(await open(state));
  // Every state of the disk that a cut can leave: a copy is taken whenever somebody wraps anew, before and after.
  let cuts = 0;
  const cut = async (): Promise<void> => {
    await cp(state, join(copies, String(cuts)), { recursive: true });
    cuts += 1;
  };
  const keys = await openDeviceKeys({
    ...{ directory: join(state, "keys"), root: software, holders: ["vault", "other", "last"], nowUtcMs: () => startMs },
  });
  const framed = (work: () => Promise<void>) => async (): Promise<void> => {
    await cut();
    await work();
    await cut();
  };
  await openVault({
    directory: join(state, "people"),
    keyBox: { ...keys, holds: (name, work) => keys.holds?.(name, framed(work)) },
  });
  const file = { path: join(state, "other.key"), keyBox: keys, bindTo: "other" };
  keys.holds?.("other", framed(rewrapped(file)));
  keys.holds?.("last", cut);
  await keys.rotate();
  await cut();
  expect(cuts).toBe(6);
  for (let at = 0; at < cuts; at += 1) {
    const opened = await open(join(copies, String(at)));
    await expectAll(opened);
    expect(opened.keys.isDue(), String(at)).toBe(at < cuts - 1);
    await opened.keys.rotate();
    await expectAll(opened);
    expect(keksIn(join(copies, String(at)))).toHaveLength(1);
    expect(opened.keys.isDue()).toBe(false);
    expect(opened.keys.lastRotation()).not.toBeNull();
  }
});

test("a holder that fails leaves both keys, and whoever comes after the failure ends it", async () => {
  const state = await folder();
  const opened = await open(state);
  await fill(opened);
  const refuse = (): Promise<void> => Promise.reject(new Error("the disk is gone"));
  opened.keys.holds?.("other", refuse);
  for (let round = 0; round < 3; round += 1) await expect(opened.keys.rotate()).rejects.toThrow("gone");
  // It does not make one key more with every try.
  expect(keksIn(state)).toHaveLength(2);
  await expectAll(opened);
  await expectAll(await open(state));
  expect(opened.keys.lastRotation()).toBeNull();
});

test("nothing is replaced before everybody who holds keys is there", async () => {
  const state = await folder();
  const keys = await openDeviceKeys({
    ...{ directory: state, root: software, holders: ["vault", "cards"], nowUtcMs: () => startMs },
  });
  keys.holds?.("vault", async () => {});
  await expect(keys.rotate()).rejects.toThrow("cards");
  expect(readdirSync(state).filter((name) => name.endsWith(".kek"))).toEqual(["1.kek"]);
});

test("a key that was destroyed makes a rotation due, also after a restart, until one is done", async () => {
  const state = await folder();
  const opened = await open(state);
  await fill(opened);
  const backup = await folder();
  await cp(join(state, "people"), backup, { recursive: true });
  await opened.vault.destroy(idOf(0));
  expect(opened.keys.isDue()).toBe(true);
  const again = await open(state);
  expect(again.keys.isDue()).toBe(true);
  await again.keys.rotate();
  expect(again.keys.isDue()).toBe(false);
  expect((await open(state)).keys.isDue()).toBe(false);
  // A backup of the people from before opens with no key that is here now: not of whoever is gone, nor of the others.
  await cp(backup, join(state, "people"), { recursive: true });
  const restored = await open(state);
  for (const number of [0, 1])
    await expect(restored.vault.get(idOf(number), "note")).rejects.toMatchObject({ code: "seal-broken" });
});

test("a key is replaced when it is 90 days old", async () => {
  const state = await folder();
  let nowMs = startMs;
  const { keys } = await open(state, software, { nowUtcMs: () => nowMs });
  nowMs += 90 * 86_400_000;
  expect(keys.isDue()).toBe(false);
  nowMs += 1;
  expect(keys.isDue()).toBe(true);
  await keys.rotate();
  expect(keys.isDue()).toBe(false);
});

test("with a credential the disk alone opens nothing, and another credential neither", async () => {
  const state = await folder();
  await fill(await open(state, credential("a")));
  await expectAll(await open(state, credential("a")));
  for (const root of [software, credential("b")])
    await expect(open(state, root)).rejects.toMatchObject({
      code: "seal-broken",
      remedy: expect.stringContaining("credential"),
    });
  // Its refusals changed nothing.
  await expectAll(await open(state, credential("a")));
});

test("a disk from before credentials moves to one, and from one to the next, with one rotation each", async () => {
  const state = await folder();
  await fill(await open(state));
  for (const root of [credential("a"), credential("b", "a")]) {
    const opened = await open(state, root);
    await expectAll(opened);
    expect(opened.keys.isDue()).toBe(true);
    await opened.keys.rotate();
    expect(opened.keys.isDue()).toBe(false);
    expect(readFileSync(join(state, "keys", keksIn(state)[0] ?? ""), "utf8")).toContain('"credential"');
  }
  await expectAll(await open(state, credential("b")));
  await expect(open(state, credential("a"))).rejects.toMatchObject({ code: "seal-broken" });
});

test("one key for each folder, as it was, becomes one for all", async () => {
  const state = await folder();
  const formers = ["people.seal", "other.seal"].map((name) => join(state, name));
  const [people = "", other = ""] = formers;
  const vault = await openVault({ directory: join(state, "people"), keyBox: await openFileKeyBox(people) });
  for (let number = 0; number < 5; number += 1) await vault.put(idOf(number), "note", Buffer.from(`about ${number}`));
  const wrapped = await (await openFileKeyBox(other)).wrap(Buffer.alloc(32, "k"), "other");
  await writeFile(join(state, "other.key"), wrapped);
  const opened = await open(state, software, { former: formers });
  expect(await opened.other()).toBe("k".repeat(32));
  expect(opened.keys.isDue()).toBe(true);
  await opened.keys.rotate();
  expect(formers.filter((path) => existsSync(path))).toEqual([]);
  const after = await open(state, software, { former: formers });
  expect(await after.other()).toBe("k".repeat(32));
  expect(Buffer.from((await after.vault.get(idOf(3), "note")) ?? "").toString()).toBe("about 3");
  expect(after.keys.isDue()).toBe(false);
});

test.for([
  "",
  "{}",
  "not json",
  '{"v":1,"id":"0011223344556677","n":1,"made":"2026-11-22T00:00:00Z","by":"software","key":"AAAA"}',
])("a damaged key file (%s) is refused with words, and left as it is", async (text) => {
  const state = await folder();
  await fill(await open(state));
  const file = join(state, "keys", "1.kek");
  writeFileSync(file, text);
  await expect(open(state)).rejects.toMatchObject({ code: "seal-broken", remedy: expect.stringContaining("keys") });
  expect(readFileSync(file, "utf8")).toBe(text);
});

test("programs that make backups are told to leave the keys out", async () => {
  const state = await folder();
  await open(state);
  expect(readFileSync(join(state, "keys", "CACHEDIR.TAG"), "utf8")).toMatch(
    /^Signature: 8a477f597d28d172789f06886806bc55\n/,
  );
});

test("what many wrapped keys say in one pass is what each says by itself, and one of a key that is gone is not said", async () => {
  const state = await folder();
  const { keys, vault } = await open(state);
  const secrets = Array.from({ length: 5 }, (_, at) => Buffer.alloc(32, `secret ${at}`));
  const wrapped = await Promise.all(secrets.map((secret, at) => keys.wrap(secret, `of ${at}`)));
  expect(keys.unproved(wrapped)).toEqual(secrets);
  expect(keys.unproved([])).toEqual([]);
  await keys.rotate();
  const [first = Buffer.alloc(0), ...others] = wrapped;
  const anew = await keys.wrap(Buffer.alloc(32, "anew"), "of nobody");
  expect(keys.unproved([first, anew, ...others])).toEqual([null, Buffer.alloc(32, "anew"), null, null, null, null]);
  await vault[Symbol.asyncDispose]();
});

test("a key whose seal alone is damaged is wrapped anew with the others: nobody is lost by a later rotation", async () => {
  const state = await folder();
  const table = join(state, "people", "subjects.keys");
  {
    const before = await open(state);
    await fill(before);
    await before.vault[Symbol.asyncDispose]();
  }
  const bytes = readFileSync(table);
  // State, length, the name's 32 bytes, the device key's name of 8, a nonce of 12; then the tag.
  const at = bytes.indexOf(idOf(3)) - 2 + 34 + 8 + 12;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(table, bytes);
  const opened = await open(state);
  await opened.keys.rotate();
  await expectAll(opened);
  await opened.vault[Symbol.asyncDispose]();
  await expectAll(await open(state));
});
