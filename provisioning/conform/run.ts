import { spawn } from "node:child_process";
import { isDeepStrictEqual } from "node:util";
import { Fault } from "../../kiosk/core/fault.ts";
import type { ConformanceCase } from "./cases.ts";

/** What became of a case; `got` is null where no verdict came. */
export interface Outcome {
  readonly one: ConformanceCase;
  readonly passed: boolean;
  readonly got: unknown;
}

export interface ConformanceRun {
  readonly outcomes: readonly Outcome[];
  /** What went wrong with the program besides wrong answers, in sentences. */
  readonly troubles: readonly string[];
}

/** A verdict is a few hundred bytes; whoever writes this much on a line writes something else. */
const lineMaxBytes = 1024 * 1024;
const stderrKept = 2000;

/**
 * Tries a verifier in any language: cases go to its stdin, one JSON a line, and verdicts are read from its stdout, one
 * JSON a line, in any order. It may answer at once or all at the end. Whatever it does, this ends: silence of `quietMs`
 * ends the program.
 *
 * @throws Fault `tool-missing` where the program cannot be started.
 */
export async function runConformance(
  cases: readonly ConformanceCase[],
  command: readonly string[],
  quietMs: number,
): Promise<ConformanceRun> {
  const [program = "", ...args] = command;
  // A group of its own, so that what it starts ends with it.
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], detached: true });
  const started = await new Promise<Error | null>((resolve) => {
    child.once("spawn", () => resolve(null)).once("error", resolve);
  });
  if (started !== null) {
    throw new Fault("tool-missing", `${program} cannot be started`, "Name a program behind --.", started);
  }
  const asked = new Set(cases.map(({ id }) => id));
  const verdicts = new Map<number, unknown>();
  const troubles: string[] = [];
  const trouble = (text: string): void => {
    if (troubles.length < 10 && !troubles.includes(text)) troubles.push(text);
  };
  const end = (why: string): void => {
    trouble(why);
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has ended by itself in this very moment.
    }
  };
  const quiet = setTimeout(() => end(`said nothing for ${quietMs / 1000} s and was ended`), quietMs);

  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    quiet.refresh();
    rest += chunk;
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > lineMaxBytes) {
      rest = "";
      end("wrote a line longer than any verdict and was ended");
    }
    for (const line of lines) take(line, asked, verdicts, trouble);
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    errors = (errors + chunk).slice(-stderrKept);
  });
  // A program that ends early leaves a broken pipe; what is missing is counted below.
  child.stdin.on("error", () => {});
  child.stdin.end(cases.map(({ id, kind, name, input }) => `${JSON.stringify({ id, kind, name, input })}\n`).join(""));

  await new Promise((resolve) => child.once("close", resolve));
  clearTimeout(quiet);
  if (rest.trim() !== "") take(rest, asked, verdicts, trouble);
  if (child.signalCode !== null) trouble(`ended by ${child.signalCode}`);
  else if (child.exitCode !== 0) trouble(`ended with exit code ${child.exitCode}`);
  if (errors.trim() !== "") trouble(`said on stderr: ${errors.trim()}`);
  const outcomes = cases.map((one): Outcome => {
    const got = verdicts.get(one.id) ?? null;
    return { one, got, passed: isDeepStrictEqual(got, one.expect) };
  });
  return { outcomes, troubles };
}

function take(
  line: string,
  asked: ReadonlySet<number>,
  verdicts: Map<number, unknown>,
  trouble: (text: string) => void,
): void {
  if (line.trim() === "") return;
  let verdict: unknown;
  try {
    verdict = JSON.parse(line);
  } catch {
    trouble(`wrote what is no verdict: ${JSON.stringify(line.slice(0, 100))}`);
    return;
  }
  const { id, name: _, ...rest } = (verdict ?? {}) as Record<string, unknown>;
  if (typeof id !== "number" || !asked.has(id)) {
    trouble(`wrote a verdict on no case: ${JSON.stringify(line.slice(0, 100))}`);
    return;
  }
  if (verdicts.has(id) && !isDeepStrictEqual(verdicts.get(id), rest)) {
    // Two opinions are none.
    verdicts.set(id, "two different verdicts");
    return;
  }
  verdicts.set(id, rest);
}
