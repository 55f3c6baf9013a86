import { chown, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Fault, isFault } from "../../kiosk/core/fault.ts";
import type { Clock } from "../../kiosk/core/ports/senses.ts";
import { type ReadTicket, readTicket } from "../../kiosk/core/ticket.ts";
import { writeAtomically } from "../../kiosk/store/atomic.ts";
import { type Ask, textOf } from "../doctor/tools.ts";
import { installed } from "../update/places.ts";
import { type Progress, readProgress } from "./progress.ts";
import type { Talk } from "./talk.ts";

/** Where things lie on an installed clock; below another root for tests and images. */
export interface Places {
  readonly root: string;
  readonly etc: string;
  readonly state: string;
  readonly settings: string;
  readonly progress: string;
  /** There from the settings to the end of a set-up: with it the set-up goes on after a start of the machine. */
  readonly unfinished: string;
  /** Folder of the lock that keeps two set-ups apart. */
  readonly turn: string;
  readonly certificate: string;
  readonly tlsKey: string;
  readonly roots: string;
  readonly cloudKeys: string;
  readonly cardKey: string;
  /** Who may sign updates. */
  readonly releaseKeys: string;
  /** Where certificates are renewed. */
  readonly authority: string;
  /** JWKS of the tenants whose tickets are taken; where it is missing any tenant's are, and the six words decide. */
  readonly anchors: string;
  /** Where systemd looks for what seals people. */
  readonly credential: string;
}

export function placesBelow(root: string): Places {
  const etc = join(root, "etc/lintel");
  const at = (name: string): string => join(etc, name);
  return {
    ...{ root, etc, state: join(root, "var/lib/lintel"), settings: at("kiosk.json"), progress: at("provision.json") },
    ...{ unfinished: at("set-up.unfinished"), turn: join(root, "run/lintel-set-up") },
    ...{ certificate: at("device.pem"), tlsKey: at("device.key"), roots: at("roots.pem") },
    ...{
      cloudKeys: at("cloud-keys.json"),
      cardKey: at("card.key"),
      releaseKeys: join(root, installed.keys),
      authority: at("authority.json"),
      anchors: at("tenants.json"),
    },
    credential: join(root, "etc/credstore.encrypted/lintel.kek"),
  };
}

/** What whoever runs the set-up said beforehand. */
export interface Wish {
  /** A ticket's or a pointer's text, or the path of a file with it. */
  readonly ticket: string | null;
  /** Folder of a USB stick; null: wherever one is mounted. */
  readonly usb: string | null;
  readonly tenant?: string | undefined;
  readonly site?: string | undefined;
  readonly camera: string;
  readonly reader: string;
  readonly assets: string | null;
  readonly timeZone: string | null;
  /** The six words that the authority shows, for a set-up that nobody watches. */
  readonly words: string | null;
  readonly without: readonly ("camera" | "reader")[];
  /** False: nothing is enabled or started, and it is said how to. */
  readonly hasServices: boolean;
  /** How long somebody is waited for, who has to do something. */
  readonly waitMs: number;
}

export interface Context {
  readonly places: Places;
  readonly wish: Wish;
  readonly ask: Ask;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly talk: Talk;
  readonly signal: AbortSignal;
  readonly progress: () => Promise<Progress>;
  /** Durable when it resolves. */
  readonly note: (change: Partial<Progress>) => Promise<void>;
  /** Whole or not at all, and the service's own where `isForService`. */
  readonly write: (path: string, bytes: string | Uint8Array, isForService?: boolean) => Promise<void>;
  /** Makes files and folders that root made the service's own. */
  readonly handOver: (paths: readonly string[]) => Promise<void>;
}

export type ContextOptions = Pick<Context, "places" | "wish" | "ask" | "env" | "clock" | "talk" | "signal"> & {
  /** A test cuts the power here. */
  readonly store?: typeof writeAtomically;
};

export function createContext({ store = writeAtomically, ...given }: ContextOptions): Context {
  const { places, ask } = given;
  const progress = (): Promise<Progress> => readProgress(places.progress);
  const handOver = async (paths: readonly string[]): Promise<void> => {
    if (process.getuid?.() !== 0) return;
    const [uid, gid] = await Promise.all(["-u", "-g"].map((flag) => textOf(ask("id", flag, "lintel"))));
    if (!uid || !gid) return;
    for (const path of paths) await chown(path, Number(uid), Number(gid));
  };
  const write: Context["write"] = async (path, bytes, isForService = false) => {
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o755 });
      await store(path, bytes, 0o600);
      if (isForService) await handOver([path]);
    } catch (cause) {
      throw unwritable(path, cause);
    }
  };
  return {
    ...given,
    ...{ progress, handOver, write },
    note: async (change) =>
      write(places.progress, `${JSON.stringify({ ...(await progress()), ...change }, null, 2)}\n`),
  };
}

/** @throws Fault `ticket-missing`: the step of the ticket comes first. */
export async function ticketOf({ progress }: Context): Promise<ReadTicket> {
  const { ticket } = await progress();
  if (ticket !== null) return readTicket(ticket);
  throw new Fault("ticket-missing", "there is no ticket yet", "Begin with the ticket's step.");
}

/** Of one that is burnt for this clock, its id stays: it is the journal's. */
export async function forgetTicket({ progress, note }: Context): Promise<void> {
  const { isCertified, areWordsSame } = await progress();
  if (!(isCertified && areWordsSame)) await note({ ticket: null, jti: null, isCertified: false });
}

export function unwritable(path: string, cause: unknown): unknown {
  // The store's words are for a clock that runs; whoever sets one up is told what to do about it here.
  const { code } = (isFault(cause) ? (cause.cause ?? cause) : cause) as NodeJS.ErrnoException;
  if (code === "EROFS") {
    const remedy =
      "Mount it writable, or replace the card or disk where it became read-only by itself; then run this again.";
    return new Fault("disk-read-only", `${dirname(path)} is on a disk that takes no writes`, remedy, cause);
  }
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new Fault(
      "disk-full",
      `the disk of ${dirname(path)} is full`,
      "Free some space, and run this again.",
      cause,
    );
  }
  if (code === "EACCES" || code === "EPERM" || code === "ENOTDIR") {
    return new Fault(
      "state-unwritable",
      `${path} may not be written`,
      "Run this as root: sudo lintel provision.",
      cause,
    );
  }
  return cause;
}
