import { join } from "node:path";

/** Where an update finds things; docs/updates.md names the places of an installed clock. */
export interface Places {
  /** Root's own: whole trees by version, `current`, `trial`, `book.json`. */
  readonly releases: string;
  /** What dpkg installed: the last resort, never written to. */
  readonly factory: string;
  /** The clock's state folder. */
  readonly state: string;
  /** The clock's settings file. */
  readonly config: string;
  /** Whose releases are installed. */
  readonly keys: string;
}

export const installed: Places = {
  releases: "/var/lib/lintel-releases",
  factory: "/usr/lib/lintel",
  state: "/var/lib/lintel",
  config: "/etc/lintel/kiosk.json",
  keys: "/etc/lintel/release-keys.json",
};

export const treeOf = ({ releases, factory }: Places, version: string | null): string =>
  version === null ? factory : join(releases, version);
