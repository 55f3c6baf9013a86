import { generateKeyPairSync, randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { type Command, InvalidArgumentError } from "commander";
import { renderUnicodeCompact } from "uqr";
import { Fault } from "../../kiosk/core/fault.ts";
import { signJws } from "../../kiosk/core/jws.ts";
import { passLongestS } from "../../kiosk/core/pass.ts";
import type { PersonId } from "../../kiosk/core/person.ts";
import { personOf } from "./named.ts";
import { passSignerIn } from "./pass-key.ts";
import { print, printJson } from "./print.ts";

interface MakeFlags {
  readonly key: string;
  readonly tenant: string;
  readonly site: string;
  readonly seconds: number;
  readonly qr?: boolean;
}

export function addPass(program: Command): void {
  const pass = program
    .command("pass")
    .summary("make passes to show to a clock's camera, as an employee's app would (docs/passes.md)")
    .description("For trying it out, and as the reference for whoever makes the app's server.");

  pass
    .command("key")
    .summary("make a key that signs passes, and print its public half for the clock's cloudKeys")
    .argument("<file>", "where the private half goes; it must not be there yet")
    .option("--name <name>", "who signs", "passes")
    .action((file: string, { name }: { readonly name: string }) => {
      const { kty, crv, x, d } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
      try {
        writeFileSync(file, `${JSON.stringify({ kty, crv, x, d }, null, 2)}\n`, { mode: 0o600, flag: "wx" });
      } catch (cause) {
        throw new Fault("key-unusable", `${file} cannot be written`, "Name a new file in a folder of yours.", cause);
      }
      printJson({ keys: [{ kty, crv, x, role: "pass", name }] });
    });

  pass
    .command("make")
    .summary("a pass that is good from now on, for less than a minute")
    .argument("<person>", "id that `lintel people list` shows", personOf)
    .requiredOption("--key <file>", "private key of `lintel pass key`, or the keys of `lintel receive --keys`")
    .option("--tenant <name>", "tenant of the clock", "demo")
    .option("--site <name>", "site of the clock; * is every site", "riverside")
    .option("--seconds <n>", `how long it is good; at most ${passLongestS}`, secondsOf, 45)
    .option("--qr", "draw it")
    .action((person: PersonId, { key, tenant, site, seconds, qr }: MakeFlags) => {
      const iat = Math.floor(Date.now() / 1_000);
      const body = {
        aud: `urn:lintel:${tenant}:${site}`,
        sub: person,
        kind: "employee",
        ...{ iat, exp: iat + seconds },
        jti: randomBytes(16).toString("base64url"),
      };
      const { jws } = signJws("lintel-pass+jws", JSON.stringify(body), passSignerIn(key));
      print(qr ? renderUnicodeCompact(jws, { ecc: "M", border: 2 }) : jws);
    });
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= passLongestS) return seconds;
  throw new InvalidArgumentError(`1 to ${passLongestS}`);
}
