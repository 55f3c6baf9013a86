import { execFile } from "node:child_process";

/** What came of asking one of the operating system's own tools. */
export type Ran =
  /** It ended; `exit` is not 0 where it complains. */
  | { readonly is: "ran"; readonly stdout: string; readonly stderr: string; readonly exit: number }
  | { readonly is: "missing" }
  | { readonly is: "late" };

/** Asks a tool by name, found through PATH; never a shell, and never longer than a few seconds. */
export type Ask = (tool: string, ...args: readonly string[]) => Promise<Ran>;

const patienceMs = 5_000;
const outputMaxBytes = 4 * 1024 * 1024;

/** @param env where PATH says what is asked: a test puts its own tools there. */
export const toolsOf =
  (env: Readonly<Record<string, string | undefined>>, timeout = patienceMs): Ask =>
  (tool, ...args) =>
    new Promise((resolve) => {
      // English, in UTC and plain, whoever asks; a tool that asks for a password must not wait for one.
      const child = execFile(
        tool,
        args,
        {
          env: { ...env, LC_ALL: "C", TZ: "UTC", SYSTEMD_PAGER: "" },
          timeout,
          killSignal: "SIGKILL",
          maxBuffer: outputMaxBytes,
        },
        (error, stdout, stderr) => {
          const why = error as (NodeJS.ErrnoException & { readonly killed?: boolean }) | null;
          if (why?.code === "ENOENT" || why?.code === "EACCES") return resolve({ is: "missing" });
          if (why?.killed === true) return resolve({ is: "late" });
          resolve({ is: "ran", stdout, stderr, exit: child.exitCode ?? 1 });
        },
      );
      child.stdin?.end();
    });

/** What it printed; null where it is missing, late or complains. */
export async function textOf(asked: Promise<Ran>): Promise<string | null> {
  const ran = await asked;
  return ran.is === "ran" && ran.exit === 0 ? ran.stdout : null;
}
