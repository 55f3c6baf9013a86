import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";

export interface Socket {
  readonly local: string;
  readonly remote: string;
  readonly remotePort: number;
  readonly isListening: boolean;
}

/** TCP and UDP sockets of one process, as the kernel tells them; null where it may not be asked. */
export async function socketsOf(pid: number): Promise<readonly Socket[] | null> {
  const names = await readdir(`/proc/${pid}/fd`).catch(() => null);
  if (names === null) return null;
  const links = await Promise.all(names.map((name) => readlink(join(`/proc/${pid}/fd`, name)).catch(() => "")));
  const inodes = new Set(links.flatMap((link) => link.match(/^socket:\[(\d+)\]$/)?.[1] ?? []));
  const tables = await Promise.all(
    ["tcp", "tcp6", "udp", "udp6"].map((table) => readFile(`/proc/${pid}/net/${table}`, "utf8").catch(() => "")),
  );
  return tables.flatMap((table) =>
    table
      .split("\n")
      .slice(1)
      .flatMap((line): readonly Socket[] => {
        const [, local = "", remote = "", state = "", , , , , , inode = ""] = line.trim().split(/\s+/);
        if (!inodes.has(inode)) return [];
        const [host, port] = addressOf(remote);
        return [{ local: addressOf(local)[0], remote: host, remotePort: port, isListening: state === "0A" }];
      }),
  );
}

export const isLoopback = (address: string): boolean =>
  address.startsWith("127.") || address === "::1" || address.startsWith("::ffff:127.");

export const isNowhere = (address: string): boolean => address === "0.0.0.0" || address === "::";

/** The kernel writes addresses as hexadecimal words in the machine's own order of bytes. */
function addressOf(text: string): readonly [string, number] {
  const [hex = "", port = "0"] = text.split(":");
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => [...Buffer.from(word, "hex")].reverse());
  const host =
    bytes.length === 4
      ? bytes.join(".")
      : shortened(
          Array.from({ length: 8 }, (_, n) => (((bytes[2 * n] ?? 0) << 8) | (bytes[2 * n + 1] ?? 0)).toString(16)),
        );
  return [host, Number.parseInt(port, 16)];
}

/** As far as it is compared here: mapped IPv4, loopback and nothing at all. */
function shortened(words: readonly string[]): string {
  const [a, b, c, d, e, f, g = "0", h = "0"] = words;
  if ([a, b, c, d, e].every((word) => word === "0") && f === "ffff") {
    const [high, low] = [Number.parseInt(g, 16), Number.parseInt(h, 16)];
    return `::ffff:${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  }
  if (words.slice(0, 7).every((word) => word === "0")) return h === "0" ? "::" : `::${h}`;
  return words.join(":");
}
