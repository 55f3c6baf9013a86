import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import type { Command } from "commander";
import { Option } from "commander";
import type { Disclosed } from "../../kiosk/core/disclosure.ts";
import { Fault } from "../../kiosk/core/fault.ts";
import type { PersonId } from "../../kiosk/core/person.ts";
import { reasons } from "../../kiosk/core/roles.ts";
import { disclosedAnswer } from "../../kiosk/desk/messages.ts";
import { askDesk } from "../desk-client.ts";
import { collect } from "../disclose/collect.ts";
import { countedOf, openPackage, sealPackage } from "../disclose/package.ts";
import { verifyPackage } from "../disclose/verify.ts";
import { pageOf } from "../disclose/words.ts";
import { archiveForms, openArchive } from "../receive/archive.ts";
import { clockKeyIn, exporterIn, type Manifest, signedManifest, textIn, writeNew } from "../sealed.ts";
import { personOf } from "./named.ts";
import { print, printJson } from "./print.ts";

interface MakeFlags {
  readonly state: string;
  readonly from?: string;
  readonly first: string;
  readonly last: string;
  readonly zone?: string;
  readonly out: string;
  readonly seal: string;
  readonly sign?: string;
  readonly reason?: string;
  readonly ticket?: string;
  readonly log?: string;
}

interface VerifyFlags {
  readonly key: string;
  readonly clock: readonly string[];
  readonly by?: string;
  readonly json?: boolean;
}

export function addDisclose(program: Command): void {
  const disclose = program
    .command("disclose")
    .summary("what the law demands of one person and one period, sealed, and proved by whoever gets it");

  disclose
    .command("make")
    .summary("put the package together")
    .description(
      "Asks a running clock, which writes it down first and signs the manifest by that; with --from it reads a receiver's " +
        "store. Punches, their corrections, time fixes, and proof where somebody was forgotten; nothing of anybody else.",
    )
    .argument("<person>", "whose", personOf)
    .requiredOption("--first <day>", "first day, such as 2026-11-01")
    .requiredOption("--last <day>", "last day, included")
    .requiredOption("--out <file>", "write the package there; a new file")
    .requiredOption("--seal <file>", "public key (JWK, X25519 or P-256) of whoever shall read it")
    .option("--state <dir>", "state folder of the clock", "state")
    .option("--from <place>", archiveForms)
    .option("--zone <name>", "with --from: the site's zone, such as Europe/Berlin")
    .option("--sign <file>", "with --from: your private Ed25519 key, for the manifest")
    .addOption(new Option("--reason <code>", "with --from: why").choices(reasons))
    .option("--ticket <number>", "with --from: number of the case")
    .option("--log <file>", "with --from: a file that each disclosure is noted in before it is made")
    .action(async (person: PersonId, flags: MakeFlags) => {
      const made = flags.from === undefined ? await ofClock(person, flags) : await ofArchive(person, flags, flags.from);
      writeNew(flags.out, await sealPackage(made, textIn(flags.seal)));
      print(`Sealed: ${made.records.length} records`);
    });

  disclose
    .command("verify")
    .summary("open a package and prove it")
    .description("Needs the package, the keys that the clocks were registered with, and nothing of who made it.")
    .argument("<file>", "as `disclose make` wrote it")
    .requiredOption("--key <file>", "your private key (JWK)")
    .requiredOption("--clock <file...>", "public keys that the clocks were registered with: their device.pub.jwk")
    .option("--by <file>", "public key of whoever took it out of a store")
    .option("--json", "print it for a program")
    .action(async (file: string, { key, clock, by, json }: VerifyFlags) => {
      const clocks = new Map(clock.map((path) => clockKeyIn(path)));
      const verdict = verifyPackage(await openPackage(textIn(file), textIn(key)), clocks, exporterIn(by));
      if (json) printJson(verdict);
      else print(pageOf(verdict));
      if (verdict.wrong.length > 0) process.exitCode = 1;
    });
}

type Made = Disclosed & { readonly manifest: Manifest };

async function ofClock(person: PersonId, { state, first, last }: MakeFlags): Promise<Made> {
  const request = { ask: "disclose", wish: { person, first, last } } as const;
  const { signed, ...found } = await askDesk({ directory: state, request, answer: disclosedAnswer });
  return { ...found, manifest: { by: "clock", jws: signed } };
}

async function ofArchive(person: PersonId, flags: MakeFlags, from: string): Promise<Made> {
  const { first, last, zone, sign, reason, ticket, log } = flags;
  if (zone === undefined || sign === undefined || reason === undefined || ticket === undefined || log === undefined) {
    const remedy = "Give --zone, --sign, --reason, --ticket and --log.";
    throw new Fault("config-invalid", "a disclosure out of a store has a zone, a signer, a case and a log", remedy);
  }
  const nowMs = Date.now();
  await using archive = await openArchive(from);
  const found = await collect(archive, { person, first, last, timeZone: zone }, { reason, ticket }, nowMs);
  const made = new Date(nowMs).toISOString();
  const counted = countedOf(found);
  const manifest = signedManifest(counted, textIn(sign), made);
  note(log, { made, person, first, last, zone, reason, ticket, ...counted });
  return { ...found, manifest };
}

/** On the disk before the package is: what is handed out and not written down would be worse than the other way round. */
function note(log: string, line: object): void {
  try {
    const file = openSync(log, "a", 0o600);
    writeSync(file, `${JSON.stringify(line)}\n`);
    fsyncSync(file);
    closeSync(file);
  } catch (cause) {
    const remedy = "Name a file that you may write to; nothing was handed out.";
    throw new Fault("config-invalid", `${log} cannot be written`, remedy, cause);
  }
}
