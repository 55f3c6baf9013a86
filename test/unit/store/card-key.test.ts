import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { cardHasher, cardText } from "../../../kiosk/core/card.ts";
import { openCardKey } from "../../../kiosk/store/card-key.ts";

const card = cardText("w26:77-61234");

async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "lintel-card-key-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

async function keyFile(text: string): Promise<string> {
  const file = join(await folder(), "site.key");
  await writeFile(file, text);
  return file;
}

test("a clock makes a key at its first start and has the same ever after; another clock has another", async () => {
  const directory = await folder();
  const first = await openCardKey({ directory });
  const later = await openCardKey({ directory });
  expect(later.hash(card)).toBe(first.hash(card));
  expect([first.notice, later.notice]).toEqual([null, null]);
  expect(later.name).toBe(first.name);
  const other = await openCardKey({ directory: await folder() });
  expect(other.hash(card)).not.toBe(first.hash(card));
});

test("clocks that are given the site's key agree, whichever way it is written, and keep it sealed", async () => {
  const key = Buffer.alloc(32, 0xa7);
  const written = [key.toString("hex"), `${key.toString("base64")}\n`, key.toString("base64url")];
  const hashes = await Promise.all(
    written.map(async (text) => {
      const directory = await folder();
      const { hash, notice } = await openCardKey({ directory, file: await keyFile(text) });
      expect(notice).toBeNull();
      expect(readFileSync(join(directory, "card.key")).includes(key)).toBe(false);
      // The file may be taken away: it was needed once.
      expect((await openCardKey({ directory })).hash(card)).toBe(hash(card));
      return hash(card);
    }),
  );
  expect(new Set(hashes)).toEqual(new Set([cardHasher(key)(card)]));
});

test("another key than before is taken, and said", async () => {
  const directory = await folder();
  await openCardKey({ directory });
  const changed = await openCardKey({ directory, file: await keyFile("ab".repeat(32)) });
  expect(changed.notice).toMatchObject({ code: "seal-broken", message: expect.stringContaining("unknown now") });
  expect((await openCardKey({ directory })).notice).toBeNull();
});

test("a sealed key that does not open stops the clock, unless the site's key is named", async () => {
  const directory = await folder();
  await openCardKey({ directory });
  const path = join(directory, "card.key");
  const torn = readFileSync(path);
  torn[20] = (torn[20] ?? 0) ^ 1;
  await writeFile(path, torn);
  await expect(openCardKey({ directory })).rejects.toMatchObject({ code: "seal-broken" });
  await openCardKey({ directory, file: await keyFile("ab".repeat(32)) });
  expect((await openCardKey({ directory })).hash(card)).toBe(cardHasher(Buffer.from("ab".repeat(32), "hex"))(card));
});

test.each(["", "short", "zz".repeat(32), "ab".repeat(31), "<html>"])("%j is no key", async (text) => {
  const opening = openCardKey({ directory: await folder(), file: await keyFile(text) });
  await expect(opening).rejects.toMatchObject({ code: "config-invalid", message: expect.stringMatching(/^cardKey/) });
});
