import { readFileSync } from "node:fs";
import { buffer } from "node:stream/consumers";
import type { Command } from "commander";
import { z } from "zod";
import { Fault } from "../../kiosk/core/fault.ts";
import type { PublicJwk } from "../../kiosk/core/kid.ts";
import { type Inspection, inspectMessage } from "../conform/inspect.ts";
import { print, printJson } from "./print.ts";

export function addInspect(program: Command): void {
  program
    .command("inspect")
    .summary("look into a message of the uplink")
    .description(
      "Prints header, payload, record hash and kid of a compact JWS, a structured message, a batch, or one of them in a " +
        "cloud's wrapper, and says in words what is wrong with it.",
    )
    .argument("<message>", "the message, or - to read it from stdin")
    .option("--key <file>", "the sender's public key as JWK: also judge the signature")
    .option("--json", "print it for a program")
    .action(async (message: string, options: { key?: string; json?: boolean }) => {
      const bytes = message === "-" ? await buffer(process.stdin) : Buffer.from(message);
      // A pipe often adds a line's end; inside a batch it would be part of the gzip.
      const isText = bytes[0] !== 0x1f;
      const trimmed = isText ? Buffer.from(bytes.toString("latin1").trim(), "latin1") : bytes;
      const found = inspectMessage(trimmed, options.key === undefined ? null : readKey(options.key));
      if (options.json) printJson(found);
      else print(found.map(pageOf).join("\n\n"));
      if (found.some(({ wrong }) => wrong.length > 0)) process.exitCode = 1;
    });
}

function pageOf({ header, payload, rh, kid, isGenuine, wrong }: Inspection): string {
  const signature =
    isGenuine === null ? "not judged: name the sender's key with --key" : isGenuine ? "genuine" : "not genuine";
  return [
    `header     ${header === null ? "cannot be read" : JSON.stringify(header)}`,
    `kid        ${kid ?? "none"}`,
    `hash       ${rh ?? "none"}`,
    `signature  ${signature}`,
    `payload    ${payload === null ? "cannot be read" : JSON.stringify(payload, null, 2)}`,
    ...(wrong.length === 0 ? ["nothing is wrong with it"] : wrong.map((sentence) => `wrong      ${sentence}`)),
  ].join("\n");
}

const jwk = z.object({ kty: z.string(), crv: z.string(), x: z.string(), y: z.string().optional() });

function readKey(file: string): PublicJwk {
  try {
    const { y, ...rest } = jwk.parse(JSON.parse(readFileSync(file, "utf8")));
    return y === undefined ? rest : { ...rest, y };
  } catch (cause) {
    throw new Fault("eval-unusable", `${file} is no public key`, "It has to be a JWK: kty, crv, x.", cause);
  }
}
