import { createInterface } from "node:readline";
import { LuError } from "../../kiosk/core/jws.ts";
import { verdictOn } from "./verdict.ts";

/** Our own verifier as a program: one case a line on stdin, one verdict a line on stdout. */
for await (const line of createInterface({ input: process.stdin })) {
  const { id, kind, input } = JSON.parse(line) as { id: number; kind: string; input: unknown };
  process.stdout.write(`${JSON.stringify({ id, ...verdictOf(kind, input) })}\n`);
}

function verdictOf(kind: string, input: unknown): { readonly ok: unknown } | { readonly code: number } {
  try {
    return { ok: verdictOn(kind, input) };
  } catch (error) {
    if (!(error instanceof LuError)) throw error;
    return { code: error.code };
  }
}
