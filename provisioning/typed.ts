import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { Fault, type FaultCode } from "../kiosk/core/fault.ts";

/** Secrets as they are typed: echoed nowhere, and no part of a command line that others may read. */

/** Twice at a terminal; from a pipe one line, because whoever scripts it does not mistype. */
export async function typedTwice(what: string, code: FaultCode): Promise<string> {
  const first = await typedUnseen(`${what}: `);
  if (!process.stdin.isTTY) return first;
  if ((await typedUnseen("The same again: ")) === first) return first;
  throw new Fault(code, "the two are not the same", "Type it again; nothing was changed.");
}

const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
let lines: AsyncIterator<string> | null = null;

export async function typedUnseen(prompt: string): Promise<string> {
  if (!process.stdin.isTTY) {
    lines ??= createInterface({ input: process.stdin })[Symbol.asyncIterator]();
    const { value } = await lines.next();
    return String(value ?? "").trim();
  }
  process.stderr.write(prompt);
  const reading = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    return (await reading.question("")).trim();
  } finally {
    reading.close();
    process.stderr.write("\n");
  }
}
