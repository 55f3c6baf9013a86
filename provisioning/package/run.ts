import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Fault } from "../../kiosk/core/fault.ts";

const execute = promisify(execFile);

/** What a step of the build runs in. */
interface Surroundings {
  readonly cwd?: string;
  /** Instead of this process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const patienceMs = 15 * 60_000;
const mostBytes = 64 * 1024 * 1024;

/**
 * Runs one program of the build machine, without a shell, and gives its standard output.
 * @throws Fault `tool-missing` where it is not installed; Error with the end of what it complained about where it fails.
 */
export async function run(file: string, args: readonly string[], { cwd, env }: Surroundings = {}): Promise<string> {
  try {
    const options = { cwd, env: env ?? process.env, timeout: patienceMs, maxBuffer: mostBytes };
    return (await execute(file, [...args], options)).stdout;
  } catch (error) {
    const { code, stderr } = error as { readonly code?: unknown; readonly stderr?: string };
    if (code === "ENOENT")
      throw new Fault(
        "tool-missing",
        `there is no ${file} here`,
        `Install what brings ${file}, then build again.`,
        error,
      );
    throw new Error(`${file} ${args[0] ?? ""} failed: ${(stderr ?? "").trim().slice(-2000)}`, { cause: error });
  }
}
