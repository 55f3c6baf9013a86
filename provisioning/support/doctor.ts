import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { Ours } from "./words.ts";

const cli = fileURLToPath(new URL("../cli.ts", import.meta.url));
const patienceMs = 120_000;

const finding = z.object({
  area: z.string().optional(),
  about: z.string(),
  is: z.enum(["good", "weak", "wrong", "unknown"]),
  code: z.string().nullable(),
  sentence: z.string(),
});

export interface SafeFinding {
  readonly area: string;
  readonly about: string;
  readonly is: string;
  readonly code: string;
  readonly said: string;
}

/** What `lintel doctor` finds, as a process of its own: what hangs in it does not keep the rest from being sent. */
export async function doctorFindings(settings: readonly string[], ours: Ours): Promise<readonly SafeFinding[] | null> {
  const stdout = await new Promise<string>((resolve) => {
    const options = { timeout: patienceMs, maxBuffer: 16 * 1024 * 1024, env: process.env };
    execFile(process.execPath, [cli, "doctor", "--json", ...settings], options, (_, out) => resolve(out));
  });
  try {
    return z
      .array(finding)
      .parse(JSON.parse(stdout))
      .map(({ area = "", about, is, code, sentence }) => ({
        ...{ area: ours(area), about: ours(about), is, code: ours(code ?? ""), said: ours(sentence) },
      }));
  } catch {
    return null;
  }
}
