import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openDeviceRoot } from "../../../kiosk/host/device-root.ts";
import { openTpm } from "../../../kiosk/host/tpm.ts";
import { startTpm } from "../../software-tpm.ts";

async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "lintel-root-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

test("a TPM gives its secret back, start after start, and another TPM gives nothing", {
  timeout: 120_000,
}, async () => {
  const [directory, tcti] = [await folder(), await startTpm()];
  const secret = await openTpm({ directory, tcti });
  expect(secret).toHaveLength(32);
  expect(await openTpm({ directory, tcti })).toEqual(secret);
  for (const name of readdirSync(directory)) {
    expect(readFileSync(join(directory, name)).includes(Buffer.from(secret ?? "")), name).toBe(false);
  }
  const thief = await folder();
  await cp(directory, thief, { recursive: true });
  const other = await startTpm();
  await expect(openTpm({ directory: thief, tcti: other })).rejects.toMatchObject({
    code: "seal-broken",
    remedy: expect.stringContaining("board"),
  });
  // A new device with the other one: a secret of its own.
  expect(await openTpm({ directory: await folder(), tcti: other })).not.toEqual(secret);
});

test("a sealed half with a flipped byte is refused in words, and left as it is", { timeout: 120_000 }, async () => {
  const [directory, tcti] = [await folder(), await startTpm()];
  await openTpm({ directory, tcti });
  const file = join(directory, "tpm.priv");
  const bytes = readFileSync(file);
  bytes[bytes.length - 3] = (bytes.at(-3) ?? 0) ^ 1;
  writeFileSync(file, bytes);
  await expect(openTpm({ directory, tcti })).rejects.toMatchObject({ code: "seal-broken" });
  expect(readFileSync(file)).toEqual(bytes);
});

test("a TPM that does not answer is said, and worse where it sealed something before", async () => {
  const directory = await folder();
  const tcti = "swtpm:path=/nowhere/at/all";
  await expect(openTpm({ directory, tcti })).rejects.toMatchObject({ code: "tool-missing" });
  expect(await openDeviceRoot({ credentials: undefined, tpm: { directory, tcti } })).toMatchObject({
    ...{ assurance: "software", secret: null, notice: { code: "tool-missing" } },
  });
  expect(readdirSync(directory)).toEqual([]);
  for (const name of ["tpm.pub", "tpm.priv"]) await writeFile(join(directory, name), "half");
  await expect(openTpm({ directory, tcti })).rejects.toMatchObject({ code: "seal-broken" });
});

test("systemd's credential comes first, then the TPM, then a file, and each says what it is", {
  timeout: 120_000,
}, async () => {
  const credentials = await folder();
  const tpm = { directory: join(await folder(), "keys"), tcti: await startTpm() };
  await mkdir(tpm.directory);
  expect(await openDeviceRoot({ credentials: undefined, tpm: null })).toEqual({
    ...{ assurance: "software", secret: null, former: null, notice: null },
  });
  expect(await openDeviceRoot({ credentials, tpm })).toMatchObject({ assurance: "tpm", former: null });
  await writeFile(join(credentials, "lintel.kek"), Buffer.alloc(32, "c"));
  expect(await openDeviceRoot({ credentials, tpm })).toEqual({
    ...{ assurance: "credential", secret: Buffer.alloc(32, "c"), former: null, notice: null },
  });
  await writeFile(join(credentials, "lintel.kek.former"), Buffer.alloc(32, "b"));
  expect((await openDeviceRoot({ credentials, tpm })).former).toEqual(Buffer.alloc(32, "b"));
});

test("a credential that is too short is none, and says how to make one", async () => {
  const credentials = await folder();
  await writeFile(join(credentials, "lintel.kek"), "secret");
  await expect(openDeviceRoot({ credentials, tpm: null })).rejects.toMatchObject({
    code: "config-invalid",
    remedy: expect.stringContaining("systemd-creds"),
  });
});
