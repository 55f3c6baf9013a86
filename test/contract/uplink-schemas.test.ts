import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Parser } from "@asyncapi/parser";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, test } from "vitest";
import { bodyOf } from "../../kiosk/core/draft.ts";
import { unpack } from "../../kiosk/uplink/contract/batch.ts";
import { eventOfOwn } from "../../kiosk/uplink/contract/envelope.ts";
import { unwrapIngress } from "../../kiosk/uplink/contract/ingress.ts";
import { recordData } from "../../kiosk/uplink/contract/wire.ts";
import { ackOf } from "../../kiosk/uplink/receiver/ack.ts";
import { openStatements } from "../../kiosk/uplink/statements.ts";
import { staleFiles } from "../../provisioning/commands/contract.ts";
import { ownCases, readCases } from "../../provisioning/conform/cases.ts";
import { ana, at, policy } from "../unit/core/wall.ts";
import { identity, newKey, realClock, smallJournal } from "../unit/uplink/parts.ts";

const docs = join(import.meta.dirname, "../../docs/uplink");
const json = (path: string) => JSON.parse(readFileSync(join(docs, path), "utf8"));
const names = readdirSync(join(docs, "schemas")).map((file) => file.replace(/\.json$/, ""));
const ajv = new Ajv2020({ strict: true, strictTypes: false, strictTuples: false, allErrors: true });
addFormats.default(ajv);
for (const name of names) ajv.addSchema(json(`schemas/${name}.json`));

/** What a validator of somebody else's finds wrong with it. */
function wrong(name: string, value: unknown): unknown {
  const check = ajv.getSchema(`urn:lintel:schema:${name}`);
  if (check === undefined) throw new Error(`no schema ${name}`);
  return check(value) ? [] : check.errors;
}

const key = newKey();
const journal = smallJournal(key);
const inner = (bytes: Uint8Array) => eventOfOwn(JSON.parse(Buffer.from(bytes).toString()).data);

/** The tokens in a message of any form. */
function tokensIn(bytes: string): readonly string[] {
  return unpack(unwrapIngress(Buffer.from(bytes, "base64")).bytes).flatMap((message) => {
    const whole = Buffer.from(message).toString();
    if (!whole.startsWith("{")) return [whole];
    const { data } = JSON.parse(whole) as { data: string | { jws: string[] } };
    return typeof data === "string" ? [data] : data.jws;
  });
}

test("IC-18 the published schemas are what the source says", async () => {
  expect([...(await staleFiles()).keys()], "stale: run node provisioning/cli.ts contract --write").toEqual([]);
});

test.each(names)("%s is JSON Schema 2020-12 that a strict validator compiles", (name) => {
  expect(ajv.getSchema(`urn:lintel:schema:${name}`)).toBeTypeOf("function");
});

test("every type of record is published", () => {
  for (const type of Object.keys(recordData)) expect(names).toContain(`${type.split(".")[2]}.v1`);
});

test("the AsyncAPI file has no fault that AsyncAPI's own parser would name", async () => {
  const { document, diagnostics } = await new Parser().parse(readFileSync(join(docs, "asyncapi.json"), "utf8"));
  // 0 is an error, 1 a warning; below are hints such as "there is a newer version of AsyncAPI".
  expect(diagnostics.filter(({ severity }) => severity <= 1)).toEqual([]);
  expect(document?.channels().length).toBe(9);
  expect(document?.operations().length).toBe(9);
});

describe("what we say ourselves is what we published", () => {
  test("the published vectors", () => {
    const { records } = JSON.parse(readFileSync(join(import.meta.dirname, "../fixtures/uplink-vectors.json"), "utf8"));
    for (const { payload } of records as readonly { payload: string }[]) {
      const event = JSON.parse(payload);
      expect(wrong(`${event.type.split(".")[2]}.v1`, event)).toEqual([]);
    }
  });

  test("punch, correction and alarm as the wall writes them, genesis and boot", () => {
    const moment = { clock: { source: "ntp" as const, errorMs: 25, ageS: 60 }, boot: 1 };
    const drafts = [
      {
        draft: "punch" as const,
        person: ana.id,
        kind: "in" as const,
        inferred: true,
        methods: ["card" as const, "face" as const],
        assure: { match: "high" as const, live: "pass" as const, card: "static" as const },
        flags: ["pad-suspect" as const],
        at: at(1_000),
      },
      { draft: "correction" as const, person: ana.id, kind: "out" as const, ref: "id-1", at: at(2_000) },
      { draft: "alarm" as const, count: 3, windowMs: 180_000, restMs: 300_000, at: at(3_000) },
    ];
    const [place] = journal.records;
    if (place === undefined) throw new Error("a journal has its first record");
    const base = eventOfOwn(place.jws);
    for (const draft of drafts) {
      const { type, data } = bodyOf(draft, policy, moment);
      expect(wrong(`${type}.v1`, { ...base, type: `dev.lintel.${type}.v1`, data })).toEqual([]);
    }
    journal.newEpoch({ prev: { epoch: 1, seq: 0, rh: null }, lost: [0, 0] });
    for (const { jws, type } of journal.records) expect(wrong(`${type.split(".")[2]}.v1`, eventOfOwn(jws))).toEqual([]);
  });

  test("status, sync and receipts, inside and outside", () => {
    const condition = () => ({ disk: 41, temp: 48_500, cam: "up", rdr: "reader-lost" });
    const speaker = { identity, signer: key.signer, journal, clock: realClock, fw: "0.1.0", condition };
    const statements = openStatements(speaker, ["payroll", "audit"], ["rec", "sync", "batch"]);
    const source = "urn:lintel:acme:blr-01:k7f3q9m2xw4t8v6p1r5s0";
    const stand = {
      source,
      epoch: 1,
      upto: 0,
      rh: "A".repeat(43),
      miss: [[3, 4]],
      lost: [],
      bad: [],
      forks: [],
    } as const;
    const said = {
      "status.v1": statements.status("online", "ok"),
      "sync.v1": statements.sync().bytes,
      "ack.v1": ackOf(stand, "payroll", "id", Date.now(), key.signer),
    };
    for (const [name, bytes] of Object.entries(said)) {
      expect(wrong(name, inner(bytes))).toEqual([]);
      expect(wrong("wire", JSON.parse(Buffer.from(bytes).toString()))).toEqual([]);
    }
  });

  test("every message of the conformance cases that is taken, up and down", () => {
    const taken = readCases(ownCases).filter(
      ({ expect: wanted }) => "ok" in wanted && !JSON.stringify(wanted).includes("flaw"),
    );
    let count = 0;
    for (const { name, input } of taken) {
      const { bytes, pages = bytes === undefined ? [] : [bytes] } = input as { bytes?: string; pages?: string[] };
      for (const token of pages.flatMap(tokensIn)) {
        const event = eventOfOwn(token);
        const schema = names.find((one) => `dev.lintel.${one}` === event.type);
        // A token that a batch case spoiled on purpose, and types that nobody has published yet.
        if (schema === undefined) continue;
        expect(wrong(schema, event), name).toEqual([]);
        count += 1;
      }
    }
    expect(count).toBeGreaterThan(100);
  });

  test("members of later versions pass, fractions in them do not", () => {
    const event = eventOfOwn(smallJournal(key).records[0]?.jws ?? "");
    expect(wrong("boot.v1", { ...event, later: { deep: [1, "a", null] } })).toEqual([]);
    expect(wrong("boot.v1", { ...event, later: 0.5 })).not.toEqual([]);
    expect(wrong("boot.v1", { ...event, seq: -1 })).not.toEqual([]);
  });
});
