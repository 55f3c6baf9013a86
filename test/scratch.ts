import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder that goes with the test. Retried, because a process that was just killed may still let go of it. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "lintel-scratch-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
  return folder;
}

/** A folder as a power cut would leave it now: what the operating system was given, nothing closed. */
export function copyOf(folder: string): string {
  const copy = scratch();
  cpSync(folder, copy, { recursive: true });
  return copy;
}
