import { type Ask, textOf } from "./tools.ts";

/** What the clock's units need of systemd (test/systemd/since.test.ts), and from when on it does more for them. */

/** Log namespaces, which every unit of ours has. Before, nothing of them was tried. */
export const oldestSystemd = 245;

/** Encrypted credentials came with 250; from 251 on they are found in `/etc/credstore.encrypted`, where ours lie. */
export const credentialsSince = 251;

/** @returns null where there is none, or it does not say. */
export async function systemdVersion(ask: Ask): Promise<number | null> {
  const text = await textOf(ask("systemctl", "--version"));
  const [, version] = /^systemd (\d+)/.exec(text ?? "") ?? [];
  return version === undefined ? null : Number(version);
}

export const hasCredentials = (systemd: number | null): boolean => systemd !== null && systemd >= credentialsSince;
