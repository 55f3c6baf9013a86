import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { rebootMachine } from "../../../kiosk/host/reboot.ts";

/** Stands in for systemd's command. */
function command(script: string): string {
  const directory = mkdtempSync(join(tmpdir(), "lintel-reboot-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, "systemctl");
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

test("systemd is asked for a reboot, without a prompt", async () => {
  await expect(rebootMachine(command('test "$*" = "reboot --no-ask-password"'))).resolves.toBeUndefined();
});

test.each([
  ["not allowed", "echo 'Interactive authentication required.' >&2; exit 1", "does not allow it"],
  ["refused", "echo 'Transaction is destructive' >&2; exit 4", "systemd refused (4)"],
])("%s is said with a way out", async (_, script, words) => {
  await expect(rebootMachine(command(script))).rejects.toMatchObject({
    code: "reboot-refused",
    message: expect.stringContaining(words),
    remedy: expect.stringContaining("polkit"),
  });
});

test("without systemd it is said as well", async () => {
  await expect(rebootMachine("/no/such/systemctl")).rejects.toMatchObject({
    code: "reboot-refused",
    message: expect.stringContaining("no systemd"),
  });
});
