import { type Command, InvalidArgumentError } from "commander";
import type { AuditWish } from "../../kiosk/core/desk.ts";
import { Fault } from "../../kiosk/core/fault.ts";
import type { PersonId } from "../../kiosk/core/person.ts";
import type { AuditData, RecordEvent } from "../../kiosk/core/record.ts";
import { auditAnswer } from "../../kiosk/desk/messages.ts";
import { eventOfOwn } from "../../kiosk/uplink/contract/envelope.ts";
import { countedOf, openAudit, sealAudit } from "../audit-export.ts";
import { askDesk } from "../desk-client.ts";
import { archiveForms, openArchive } from "../receive/archive.ts";
import { clockKeyIn, exporterIn, signedManifest, textIn, writeNew } from "../sealed.ts";
import { personOf } from "./named.ts";
import { print, printJson } from "./print.ts";

interface AuditFlags {
  readonly state: string;
  readonly from?: string;
  readonly person?: PersonId;
  readonly device?: string;
  readonly act?: string;
  readonly by?: string;
  readonly since?: number;
  readonly export?: string;
  readonly seal?: string;
  readonly sign?: string;
  readonly json?: boolean;
}

interface ReadFlags {
  readonly key: string;
  readonly clock: readonly string[];
  readonly by?: string;
  readonly json?: boolean;
}

const types = ["audit", "erasure", "purge", "cmdlog", "keychange"].map((type) => `dev.lintel.${type}.v1`);

export function addAudit(program: Command): void {
  const audit = program
    .command("audit")
    .summary("what was done at a clock, by whom and why: search it, or take it away sealed")
    .description(
      "Asks a running clock, which writes down who looked; with --from it reads a receiver's store. Nothing of it can be " +
        "deleted by anybody: the records are signed and chained with the punches.",
    )
    .option("--state <dir>", "state folder of the clock", "state")
    .option("--from <place>", archiveForms)
    .option("--person <id>", "only what was done about them", personOf)
    .option("--device <id>", "only of this clock, with --from")
    .option("--act <code>", "only this: look, enrol, badge, pin, session, denied, snapshot, export, erase …")
    .option("--by <id>", "only by this operator")
    .option("--since <when>", "only from this moment on, such as 2026-11-01 or 2026-11-01T06:00:00Z", momentOf)
    .option("--export <file>", "write it there, sealed")
    .option("--seal <file>", "public key (JWK, X25519 or P-256) of whoever shall read it")
    .option("--sign <file>", "with --from: your private Ed25519 key, for the manifest")
    .option("--json", "print it for a program")
    .action(async (flags: AuditFlags) => {
      if ((flags.export === undefined) !== (flags.seal === undefined)) {
        throw new Fault("config-invalid", "an export is always sealed", "Give both --export and --seal.");
      }
      if (flags.from === undefined) await ofClock(flags);
      else await ofArchive(flags, flags.from);
    });

  audit
    .command("read")
    .summary("open a sealed export and prove it")
    .argument("<file>", "as --export wrote it")
    .requiredOption("--key <file>", "your private key (JWK)")
    .requiredOption("--clock <file...>", "public keys of the clocks: device.pub.jwk of their state folders")
    .option("--by <file>", "public key of whoever exported it out of a store")
    .option("--json", "print it for a program")
    .action(async (file: string, { key, clock, by, json }: ReadFlags) => {
      const keys = new Map(clock.map((path) => clockKeyIn(path)));
      const bundle = await openAudit(textIn(file), textIn(key), (kid) => keys.get(kid), exporterIn(by));
      if (json) printJson(bundle);
      else print([...bundle.records.map(sentenceOf), ...verdictOf(bundle)].join("\n"));
      if (bundle.wrong.length > 0) process.exitCode = 1;
    });
}

async function ofClock(flags: AuditFlags): Promise<void> {
  const wish = wishOf(flags);
  const request = { ask: "audit", wish, seal: flags.seal !== undefined } as const;
  const found = await askDesk({ directory: flags.state, request, answer: auditAnswer });
  const records = found.lines.map(({ jws }) => jws);
  if (found.isMore) process.stderr.write("There is more: ask again with a later --since.\n");
  if (flags.seal === undefined || flags.export === undefined) return show(records, flags);
  if (found.manifest === null) throw new Fault("desk-refused", "the clock signed no manifest", "Ask once more.");
  writeNew(flags.export, await sealAudit({ by: "clock", jws: found.manifest.jws }, records, textIn(flags.seal)));
  print(`Sealed: ${records.length} records; the manifest is record ${found.manifest.epoch}/${found.manifest.seq}`);
}

async function ofArchive(flags: AuditFlags, from: string): Promise<void> {
  await using archive = await openArchive(from);
  const wish = wishOf(flags);
  const pages = await Promise.all(types.map((type) => archive.read.ofType(type)));
  const found = pages
    .flat()
    // Of whoever was forgotten a receiver keeps a stub without its text.
    .flatMap(({ jws, source }) => (jws === null ? [] : [{ jws, source, event: eventIn(jws) }]))
    .filter(
      ({ event, source }) => fits(event, wish) && (flags.device === undefined || source.endsWith(`:${flags.device}`)),
    )
    .sort((a, b) => (a.event.time < b.event.time ? -1 : 1));
  const records = found.map(({ jws }) => jws);
  if (flags.seal === undefined || flags.export === undefined) return show(records, flags);
  if (flags.sign === undefined) {
    throw new Fault(
      "config-invalid",
      "an export needs a signed manifest",
      "Name your private Ed25519 key with --sign.",
    );
  }
  const manifest = signedManifest(countedOf(records), textIn(flags.sign), new Date().toISOString());
  writeNew(flags.export, await sealAudit(manifest, records, textIn(flags.seal)));
  print(`Sealed: ${records.length} records`);
}

/** Of records that whoever keeps them has proved. */
const eventIn = (jws: string): RecordEvent => eventOfOwn(jws) as unknown as RecordEvent;

const wishOf = ({ person, act, by, since }: AuditFlags): AuditWish => ({
  ...{ person: person ?? null, act: act ?? null, by: by ?? null, sinceUtcMs: since ?? null },
});

function fits({ time, type, data }: RecordEvent, { person, act, by, sinceUtcMs }: AuditWish): boolean {
  const said = data as Partial<AuditData>;
  const done = said.act ?? type.split(".")[2];
  return (
    (person === null || said.sub === person) &&
    (act === null || done === act) &&
    (by === null || said.by === by) &&
    (sinceUtcMs === null || Date.parse(time) >= sinceUtcMs)
  );
}

function show(records: readonly string[], { json }: Pick<AuditFlags, "json">): void {
  const events = records.map(eventIn);
  if (json) printJson(events);
  else print([...events.map(sentenceOf), `${events.length} records`].join("\n"));
}

function sentenceOf({ time, type, source, data }: RecordEvent): string {
  const { act = type.split(".")[2], by, role, reason, ticket, sub, detail, before, after } = data as Partial<AuditData>;
  const who = [by ?? source.split(":").at(-1), role && `(${role})`].filter(Boolean).join(" ");
  const why = [reason, ticket].filter(Boolean).join(" ");
  const change = before === undefined && after === undefined ? "" : `: ${before ?? "?"} -> ${after ?? "?"}`;
  return `${time}  ${who}  ${act}${sub == null ? "" : ` of ${sub}`}  ${detail ?? ""}${change}${why && `  [${why}]`}`;
}

const verdictOf = ({ records, wrong }: { readonly records: readonly unknown[]; readonly wrong: readonly string[] }) =>
  wrong.length === 0 ? [`${records.length} records, all genuine, and the manifest fits`] : wrong;

function momentOf(said: string): number {
  const ms = Date.parse(said);
  if (Number.isFinite(ms)) return ms;
  throw new InvalidArgumentError("A day or a moment, such as 2026-11-01 or 2026-11-01T06:00:00Z.");
}
