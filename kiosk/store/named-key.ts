import { readFile } from "node:fs/promises";
import { Fault } from "../core/fault.ts";

const keyBytes = 32;

/** A key that an operator keeps in a file. @param option names it in words. @throws Fault `config-invalid` */
export async function namedKey(option: string, file: string): Promise<Uint8Array> {
  const refusal = (message: string, cause?: unknown): Fault =>
    new Fault("config-invalid", `${option}: ${message}`, "Make one with: openssl rand -base64 32 > FILE", cause);
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw refusal(`cannot read ${file}`, cause);
  });
  const said = text.trim();
  const key = /^[0-9a-f]{64}$/i.test(said) ? Buffer.from(said, "hex") : Buffer.from(said, "base64");
  if (key.length !== keyBytes || !/^[\w+/=-]+$/.test(said)) throw refusal(`${file} holds no key of 32 bytes`);
  return key;
}
