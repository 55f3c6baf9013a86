import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readCloudKeys } from "../../kiosk/cloud-keys.ts";
import { noPasses, readPass } from "../../kiosk/core/pass.ts";
import { cloudRoles } from "../../kiosk/uplink/contract/orders.ts";
import { makeCloudKeys, openCloudKeys, publicSetOf } from "../../provisioning/receive/cloud-keys.ts";

const ana = "p_8m2q7x4w9t1v6r3s5k0n";

function scratch(): (name: string) => string {
  const directory = mkdtempSync(join(tmpdir(), "lintel-pass-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return (name) => join(directory, name);
}

function lintel(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["provisioning/cli.ts", ...args], {
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return stdout;
}

/** What a clock that was given this file makes of a pass. */
async function readBy(cloudKeys: string, pass: string) {
  const { keys } = await readCloudKeys({ tenant: "demo", receiver: "payroll", cloudKeys });
  const ofRole = keys.flatMap(({ role, kid, key }) => (role === "pass" ? [{ kid, key }] : []));
  const now = { utcMs: Date.now(), monoMs: 0 };
  return readPass(pass, { tenant: "demo", site: "riverside", keys: ofRole }, noPasses, now, true);
}

test("the backend's own keys have every role that a clock knows, and its passes are taken", async () => {
  const file = scratch();
  makeCloudKeys(file("keys.json"), "payroll");
  const cloud = openCloudKeys([file("keys.json")]);
  expect([...cloud.signers.keys()]).toEqual(cloudRoles);
  writeFileSync(file("public.json"), publicSetOf(cloud));
  const pass = lintel("pass", "make", ana, "--key", file("keys.json")).trim();
  expect(await readBy(file("public.json"), pass)).toMatchObject({ is: "employee", person: ana });
});

test("a key that an app's server made for itself is taken beside the backend's", async () => {
  const file = scratch();
  makeCloudKeys(file("keys.json"), "payroll");
  const backend = JSON.parse(publicSetOf(openCloudKeys([file("keys.json")])));
  const app = JSON.parse(lintel("pass", "key", file("pass.jwk"), "--name", "app"));
  expect(JSON.parse(readFileSync(file("pass.jwk"), "utf8"))).toHaveProperty("d");
  expect(app.keys[0]).not.toHaveProperty("d");
  writeFileSync(file("joined.json"), JSON.stringify({ keys: [...backend.keys, ...app.keys] }));
  for (const key of ["keys.json", "pass.jwk"]) {
    const pass = lintel("pass", "make", ana, "--key", file(key)).trim();
    expect(await readBy(file("joined.json"), pass), key).toMatchObject({ is: "employee", person: ana });
  }
});
