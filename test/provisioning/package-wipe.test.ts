import { spawnSync } from "node:child_process";
import { createPublicKey } from "node:crypto";
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { verifyJws } from "../../kiosk/core/jws.ts";
import { openSigner } from "../../kiosk/host/signer.ts";
import { openJournal } from "../../kiosk/store/journal.ts";
import { wipe } from "../../provisioning/package/wipe/wipe.ts";
import { identity, realClock } from "../unit/uplink/parts.ts";

/** A purged clock: a real identity and a real journal, erased by what the package's removal runs. */

let folder: string;
let places: { readonly state: string; readonly settings: string; readonly credentials: string; readonly out: string };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lintel-wipe-"));
  const [state = "", settings = "", credentials = "", out = ""] = ["state", "settings", "credstore", "out"].map(
    (name) => join(folder, name),
  );
  places = { state, settings, credentials, out };
  mkdirSync(join(places.state, "keys"), { recursive: true });
  mkdirSync(places.settings);
  mkdirSync(places.credentials);
  writeFileSync(join(places.credentials, "lintel.kek"), "sealed");
  writeFileSync(join(places.credentials, "somebody.else"), "stays");
  writeFileSync(join(places.state, "keys/1.kek"), "the key of all keys");
  writeFileSync(join(places.settings, "kiosk.json"), "{}");
  writeFileSync(join(places.settings, "purge-everything"), "");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const order = () => ({ ...places, flag: "purge-everything", nowUtcMs: Date.UTC(2026, 10, 22, 12) });

async function lived() {
  const signer = await openSigner(places.state);
  const life = { identity: { ...identity, device: signer.device }, signer, clock: realClock, firmware: "0.1.0" };
  await using journal = await openJournal({ directory: places.state, ...life, boot: 1, isFirstStart: true });
  return { signer, head: journal.head() };
}

test("everything goes, and a certificate is left that the clock's own key signed", async () => {
  const { signer } = await lived();
  const { certificate, jws, left } = await wipe(order());
  expect(left).toEqual([]);
  expect(existsSync(places.state) || existsSync(places.settings)).toBe(false);
  expect(readdirSync(places.credentials), "other programs keep theirs there too").toEqual(["somebody.else"]);
  expect(certificate).toBe(join(places.out, `wipe-${signer.device}-20261122T120000Z.txt`));
  const text = readFileSync(certificate, "utf8");
  expect(text).toContain("Nothing is left.");
  expect(text).toContain(jws);
  const registered = createPublicKey({ key: { ...signer.publicJwk }, format: "jwk" });
  const { payload } = verifyJws(jws ?? "", "lintel-wip+jws", (kid) => (kid === signer.kid ? registered : undefined));
  expect(payload).toMatchObject({ device: signer.device, left: [], destroyed: { keys: 2 }, journal: { records: 2 } });
});

test("what is destroyed is overwritten, and a folder that a link leads to is left alone", async () => {
  await lived();
  const copy = join(folder, "another name of the same file");
  linkSync(join(places.state, "keys/1.kek"), copy);
  const elsewhere = join(folder, "elsewhere");
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, "not the clock's"), "stays");
  symlinkSync(elsewhere, join(places.state, "link"));
  await wipe(order());
  expect(readFileSync(copy)).toEqual(Buffer.alloc("the key of all keys".length));
  expect(readFileSync(join(elsewhere, "not the clock's"), "utf8")).toBe("stays");
});

test("where the certificate cannot be written, the key that could sign it and the order are still there", async () => {
  const { signer } = await lived();
  writeFileSync(places.out, "a file where the folder should be");
  await expect(wipe(order())).rejects.toThrow(/EEXIST|ENOTDIR/);
  expect(readdirSync(places.state).sort()).toEqual(["device.key.jwk", "identity.json"]);
  expect(readdirSync(places.settings)).toEqual(["purge-everything"]);
  rmSync(places.out);
  const { certificate, left } = await wipe(order());
  expect(left).toEqual([]);
  expect(certificate).toContain(signer.device);
});

test("a clock that never started is wiped without a signature, which the certificate says, and no key is made for it", async () => {
  const { certificate, jws } = await wipe(order());
  expect(jws).toBeNull();
  expect(readFileSync(certificate, "utf8")).toContain("Not signed");
  expect(existsSync(places.state)).toBe(false);
});

test("what a purge runs needs nothing but the pinned Node and our own sources", () => {
  const script = join(import.meta.dirname, "../../provisioning/package/wipe/main.ts");
  const kept = join(folder, "kept");
  for (const part of ["kiosk/core", "kiosk/host/signer.ts", "provisioning/package/wipe", "package.json"])
    cpSync(join(script, "../../../..", part), join(kept, part), { recursive: true });
  const args = [
    "--state",
    places.state,
    "--settings",
    places.settings,
    "--credentials",
    places.credentials,
    "--out",
    places.out,
  ];
  const run = spawnSync(process.execPath, [join(kept, "provisioning/package/wipe/main.ts"), ...args], {
    encoding: "utf8",
  });
  expect(run.stderr).toBe("");
  expect(run).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/wiped. The certificate, unsigned, is .*wipe-unknown/),
  });
});
