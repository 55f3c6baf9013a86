import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";

/**
 * Sessions that this user began at a clock, for the commands that follow: readable by nobody else, and worth nothing after
 * a quarter of an hour. `LINTEL_SESSION` takes their place where a script holds them itself, with a comma between two.
 */

const held = z.array(z.object({ token: z.string(), role: z.string(), untilUtcMs: z.number() })).max(2);
type Held = z.infer<typeof held>[number];

/** Where the login keeps what ends with it; else in the user's own folder. */
const folder = (): string => join(process.env.XDG_RUNTIME_DIR ?? join(homedir(), ".local", "state"), "lintel");

const fileOf = (state: string): string =>
  join(folder(), `${createHash("sha256").update(resolve(state)).digest("hex").slice(0, 16)}.json`);

export async function sessionsFor(state: string): Promise<readonly string[]> {
  const said = process.env.LINTEL_SESSION;
  if (said !== undefined) return said.split(",").filter((token) => token !== "");
  return (await read(state)).map(({ token }) => token);
}

/** One of each role: a second operator may begin beside the first where two are needed. */
export async function keepSession(state: string, session: Held): Promise<void> {
  const others = (await read(state)).filter(({ role }) => role !== session.role);
  await mkdir(folder(), { recursive: true, mode: 0o700 });
  await writeFile(fileOf(state), JSON.stringify([session, ...others].slice(0, 2)), { mode: 0o600 });
}

export const dropSessions = (state: string): Promise<void> => rm(fileOf(state), { force: true });

async function read(state: string): Promise<readonly Held[]> {
  try {
    const found = held.parse(JSON.parse(await readFile(fileOf(state), "utf8")));
    return found.filter(({ untilUtcMs }) => untilUtcMs > Date.now());
  } catch {
    // None, or not ours: the clock says what is missing.
    return [];
  }
}
