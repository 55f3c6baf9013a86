import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Fault, isFault } from "../core/fault.ts";
import { openTpm, type TpmOptions } from "./tpm.ts";

/** What the device's key rests on, best first: see kiosk/store/device-keys.ts. */
export interface DeviceRoot {
  readonly assurance: "credential" | "tpm" | "software";
  readonly secret: Uint8Array | null;
  readonly former: Uint8Array | null;
  /** Why it is not better than it is, where something is wrong with what would be. */
  readonly notice: Fault | null;
}

export interface DeviceRootOptions {
  /** `$CREDENTIALS_DIRECTORY`: where systemd puts `lintel.kek`, and `lintel.kek.former` while it is being replaced. */
  readonly credentials: string | undefined;
  /** Null: it is not looked for. */
  readonly tpm: TpmOptions | null;
}

const credentialBytesMin = 32;

/**
 * A credential of systemd where there is one; else a secret that only this board's TPM gives back; else nothing, and the
 * key is a file like any other. A key that needs what is not here any more says so when it is opened.
 *
 * @throws Fault `config-invalid` for a credential that is too short to be one.
 */
export async function openDeviceRoot({ credentials, tpm }: DeviceRootOptions): Promise<DeviceRoot> {
  const secret = credentials === undefined ? null : await credential(credentials, "lintel.kek");
  if (credentials !== undefined && secret !== null)
    return {
      ...{ assurance: "credential", secret, notice: null },
      former: await credential(credentials, "lintel.kek.former"),
    };
  try {
    const sealed = tpm && (await openTpm(tpm));
    if (sealed !== null) return { assurance: "tpm", secret: sealed, former: null, notice: null };
    return software(null);
  } catch (error) {
    if (isFault(error)) return software(error);
    throw error;
  }
}

const software = (notice: Fault | null): DeviceRoot => ({ assurance: "software", secret: null, former: null, notice });

async function credential(folder: string, name: string): Promise<Uint8Array | null> {
  const bytes = await readFile(join(folder, name)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (bytes === null || bytes.length >= credentialBytesMin) return bytes;
  throw new Fault(
    "config-invalid",
    `the credential ${name} has fewer than ${credentialBytesMin} bytes`,
    "Make one with: head -c 32 /dev/urandom | systemd-creds encrypt --name=lintel.kek - /etc/credstore.encrypted/lintel.kek",
  );
}
