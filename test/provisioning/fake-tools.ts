import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The operating system's own tools, played by shell scripts in a folder that stands first in the PATH. */
export interface FakeTools {
  readonly path: string;
  /** @param body what a shell does for it; `$LOG` takes what shall be remembered. */
  readonly put: (name: string, body: string) => void;
}

/** A machine with systemd 252 whose clock nobody has set, and nothing that seals keys. */
export function openFakeTools(directory: string): FakeTools {
  const folder = join(directory, "tools");
  mkdirSync(folder, { recursive: true });
  const put: FakeTools["put"] = (name, body) =>
    writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  put("systemctl", '[ "$1" = --version ] && echo "systemd 252 (252.30)" && exit 0; exit 1');
  put("systemd-creds", "cat >/dev/null; exit 1");
  put("timedatectl", "echo no");
  put("date", "exit 1");
  put("hwclock", "exit 0");
  // Files stay whose they are.
  put("id", "exit 1");
  return { path: `${folder}:${process.env.PATH}`, put };
}
