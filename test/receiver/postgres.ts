import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { freePort } from "../contract/broker-parts.ts";

/** A PostgreSQL of the test's own: fresh cluster, loopback port, fsync on, and gone afterwards. */
export interface Postgres extends AsyncDisposable {
  /** A new, empty database in it. */
  readonly create: () => Promise<string>;
  readonly urlOf: (database: string) => string;
  /** As a power cut would: every server process at once, and no checkpoint. Then it recovers from its log. */
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
}

export async function openPostgres(): Promise<Postgres> {
  const programs = await programFolder();
  const folder = await mkdtemp(join(tmpdir(), "lintel-postgres-"));
  await chmod(folder, 0o755);
  const data = join(folder, "data");
  const port = await freePort();
  // initdb and postgres refuse root.
  const as = process.getuid?.() === 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : [];
  const run = (program: string, ...args: readonly string[]) => {
    const [first = "", ...rest] = [...as, join(programs, program), ...args];
    return [first, rest] as const;
  };
  if (as.length > 0) execFileSync("chown", ["postgres", folder]);
  execFileSync(
    ...run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-locale", "-E", "UTF8", "--no-sync"),
    {
      cwd: folder,
    },
  );
  let server: ChildProcess | null = null;
  const start = async () => {
    const settings = { port, listen_addresses: "127.0.0.1", unix_socket_directories: folder, max_connections: 40 };
    const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    server = spawn(...run("postgres", "-D", data, ...flags), { stdio: "ignore", cwd: folder });
    await answers(urlOf("postgres"));
  };
  const urlOf = (database: string): string => `postgres://postgres@127.0.0.1:${port}/${database}`;
  const kill = async () => {
    if (server === null) return;
    const exited = once(server, "exit");
    // The postmaster first: its children notice by themselves within moments, and nothing is flushed.
    const [pid = ""] = readFileSync(join(data, "postmaster.pid"), "utf8").split("\n");
    process.kill(Number(pid), "SIGKILL");
    await exited;
    server = null;
    for (const deadline = performance.now() + 10_000; performance.now() < deadline; await delay(20)) {
      if (!hasChildren(data)) return;
    }
  };
  await start();
  let databases = 0;
  return {
    urlOf,
    create: async () => {
      databases += 1;
      const client = new pg.Client({ connectionString: urlOf("postgres") });
      await client.connect();
      await client.query(`CREATE DATABASE test${databases}`);
      await client.end();
      return urlOf(`test${databases}`);
    },
    kill,
    start,
    [Symbol.asyncDispose]: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The same database without our tables: much faster than another one. */
export async function emptied(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query("SET client_min_messages TO warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  await client.end();
}

async function programFolder(): Promise<string> {
  const versions = await readdir("/usr/lib/postgresql").catch(() => []);
  const newest = versions.toSorted((a, b) => Number(b) - Number(a))[0];
  if (newest === undefined) throw new Error("PostgreSQL is not installed: apt install postgresql");
  return `/usr/lib/postgresql/${newest}/bin`;
}

/** Processes of ours whose working directory is the cluster: PostgreSQL's children, until they noticed. */
function hasChildren(data: string): boolean {
  try {
    const found = execFileSync("pgrep", ["-f", `^postgres: .*`], { encoding: "utf8" }).split("\n").filter(Boolean);
    return found.some((pid) => {
      const link = `/proc/${pid}/cwd`;
      return existsSync(link) && execFileSync("readlink", [link], { encoding: "utf8" }).trim() === data;
    });
  } catch {
    return false;
  }
}

async function answers(connectionString: string): Promise<void> {
  let last: unknown;
  for (const deadline = performance.now() + 30_000; performance.now() < deadline; await delay(50)) {
    const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2000 });
    try {
      await client.connect();
      await client.query("SELECT 1");
      await client.end();
      return;
    } catch (error) {
      last = error;
      await client.end().catch(() => {});
    }
  }
  throw new Error("PostgreSQL does not answer", { cause: last });
}
