import { execFile, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { readConfig } from "../../kiosk/config.ts";
import type { ConsentId } from "../../kiosk/core/consent.ts";
import { type PersonId, personId } from "../../kiosk/core/person.ts";
import { openSystemClock } from "../../kiosk/host/clock.ts";
import { normalised } from "../../kiosk/inference/vector.ts";
import { openSealing } from "../../kiosk/sealing/sealing.ts";
import { openPeople } from "../../kiosk/store/people.ts";
import { openVault } from "../../kiosk/store/vault.ts";
import { openModelFiles } from "../../kiosk/supplies.ts";
import { randomOf } from "../unit/inference/random.ts";
import { testHash } from "../unit/store/card-hash.ts";

/** A machine that gives a clock its key or does not, with real tools, and what a clock keeps of two people. */

export const [ann, bob] = ["1", "2"].map((n) => personId(`p_${n.padStart(20, "0")}`)) as [PersonId, PersonId];

/** As systemd does before a clock starts: opens with this TPM what was sealed. Rejects where it does not open. */
export async function opened(tcti: string, sealed: string): Promise<Uint8Array> {
  const words = ["decrypt", `--tpm2-device=${tcti}`, "--name=lintel.kek", sealed, "-"];
  return (await promisify(execFile)("systemd-creds", words, { encoding: "buffer" })).stdout;
}

/** As a firmware does whose secure boot keys changed. */
export const bootsOtherwise = (tcti: string) =>
  promisify(execFile)("tpm2_pcrextend", [`7:sha256=${"ab".repeat(32)}`], {
    env: { ...process.env, TPM2TOOLS_TCTI: tcti },
  });

/** The folder that a service finds its credentials in. */
export function credentialsIn(folder: string, given: Readonly<Record<string, Uint8Array>>): Record<string, string> {
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(given)) writeFileSync(join(folder, name), bytes);
  return { CREDENTIALS_DIRECTORY: folder };
}

/** Opens what is sealed, as the clock does, while it does not run. */
export async function openStores(state: string, credentials: string | undefined) {
  const { models } = await openModelFiles(readConfig(["--state", state], {}));
  const clock = await openSystemClock();
  const said: unknown[] = [];
  const sealing = await openSealing({
    ...{ state, models, clock, credentials, turnKeyFile: undefined },
    note: (fault) => void said.push(fault),
  });
  const directory = join(state, "people");
  const vault = await openVault({ directory, keyBox: sealing.keys });
  const people = await openPeople({ directory, keyBox: sealing.keys, vault, hashCard: testHash });
  return {
    ...{ sealing, vault, people, said },
    close: async (): Promise<void> => {
      await people[Symbol.asyncDispose]();
      await vault[Symbol.asyncDispose]();
    },
  };
}

/** Both have a face here. */
export async function enrolBoth(state: string, credentials: string): Promise<void> {
  const { sealing, people, close } = await openStores(state, credentials);
  for (const [n, id] of [ann, bob].entries()) {
    const vectors = [normalised(randomOf(n + 1)(512, -1, 1))];
    const more = { consentId: `c_${n}` as ConsentId, createdMs: Date.now(), quality: 70, source: "camera" } as const;
    const template = { person: id, spaceId: sealing.spaceId, vectors, ...more };
    await people.put({ id, displayName: `Somebody ${n}`, badges: [], lookAlikes: [] }, template);
  }
  await close();
}

/** Lays a card on the reader whose socket this is. */
export async function lay(socket: string, card: string): Promise<void> {
  const line = createConnection(socket);
  await new Promise<void>((resolve, reject) => {
    line.once("error", reject);
    line.end(`${card}\n`, resolve);
  });
}

/** Seals 32 bytes as a set-up does: through `systemd-creds`, to this TPM and to how it was started. */
export async function sealedTo(tcti: string, secret: Uint8Array, pcrs: number): Promise<Uint8Array> {
  const words = ["encrypt", "--with-key=tpm2", `--tpm2-device=${tcti}`, `--tpm2-pcrs=${pcrs}`, "--name=lintel.kek"];
  const child = spawn("systemd-creds", [...words, "-", "-"], { stdio: ["pipe", "pipe", "ignore"] });
  child.stdin.end(secret);
  const parts: Buffer[] = [];
  for await (const part of child.stdout) parts.push(part);
  return Buffer.concat(parts);
}
