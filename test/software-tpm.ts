import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { onTestFinished } from "vitest";

/** A TPM of its own, as software (Debian's swtpm). @returns how tpm2-tss reaches it. */
export async function startTpm(): Promise<string> {
  const state = await mkdtemp(join(tmpdir(), "lintel-swtpm-"));
  const socket = join(state, "tpm");
  const tpm = spawn(
    "swtpm",
    [
      ...["socket", "--tpm2", "--tpmstate", `dir=${state}`, "--flags", "startup-clear"],
      ...["--server", `type=unixio,path=${socket}`, "--ctrl", `type=unixio,path=${socket}.ctrl`],
    ],
    { stdio: "ignore" },
  );
  const ended = once(tpm, "exit");
  onTestFinished(async () => {
    tpm.kill();
    await ended;
    await rm(state, { recursive: true, force: true });
  });
  await once(tpm, "spawn");
  for (let tries = 0; !existsSync(socket) && tries < 200; tries += 1) await wait(50);
  return `swtpm:path=${socket}`;
}
