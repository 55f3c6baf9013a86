import { generateKeyPairSync, sign, verify } from "node:crypto";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { type Signer, signJws } from "../../kiosk/core/jws.ts";
import { kidOf } from "../../kiosk/core/kid.ts";
import { sourceOf } from "../../kiosk/core/record.ts";
import { eventOfOwn, wrap } from "../../kiosk/uplink/contract/envelope.ts";
import { takeIn } from "../../kiosk/uplink/receiver/intake.ts";
import { columnsOf } from "../../kiosk/uplink/receiver/postgres-row.ts";
import { openPostgresSink } from "../../kiosk/uplink/receiver/postgres-sink.ts";
import { openKeyRegistry } from "../../kiosk/uplink/receiver/registry.ts";
import { type VerifiedRecord, verifyRecord } from "../../kiosk/uplink/receiver/verify.ts";
import { openPostgres } from "../../test/receiver/postgres.ts";
import { compare, type Row } from "../measure.ts";

/**
 * A record verified as a receiver does it, against the bare signature that is in it; and records kept in PostgreSQL,
 * ready to be receipted, against COPY of the same rows in the same way: one transaction of 500 with a durable commit.
 */
export async function measure(): Promise<readonly Row[]> {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const { kty = "", crv = "", x = "" } = publicKey.export({ format: "jwk" });
  const kid = kidOf({ kty, crv, x });
  const signer: Signer = { kid, alg: "EdDSA", publicKey, sign: (input) => sign(null, Buffer.from(input), privateKey) };
  const keys = openKeyRegistry();
  keys.add(identity, kid, publicKey);
  const tokens = tokensOf(25_000, signer);
  const messages = tokens.slice(0, 500).map((jws) => wrap(jws, eventOfOwn(jws)));
  const pairs = tokens.slice(0, 500).map((jws) => {
    const end = jws.lastIndexOf(".");
    return { input: Buffer.from(jws.slice(0, end)), signature: Buffer.from(jws.slice(end + 1), "base64url") };
  });
  const verifying = await compare({
    what: "500 records verified (envelope, JWS, strict JSON, schema)",
    against: "500 bare Ed25519 verifications of the same bytes, processor time",
    clock: "processor",
    reads: "faster",
    target: 0.75,
    ours: () => {
      for (const message of messages) verifyRecord(message, keys, identity);
    },
    theirs: () => {
      for (const { input, signature } of pairs) verify(null, input, publicKey, signature);
    },
    rounds: 15,
    repeat: 4,
  });

  await using postgres = await openPostgres();
  const url = await postgres.create();
  await using sink = await openPostgresSink({ url });
  const records = tokens.map((jws) => verifyRecord(Buffer.from(jws), keys));
  const copier = new pg.Client({ connectionString: url });
  await copier.connect();
  await copier.query("CREATE TABLE copied (LIKE lintel_record INCLUDING ALL)");
  const folder = await mkdtemp(join(tmpdir(), "lintel-bench-"));
  await chmod(folder, 0o755);
  const batches = Array.from({ length: 48 }, (_, n) => records.slice(n * 500, n * 500 + 500));
  for (const [n, batch] of batches.entries()) await writeFile(join(folder, `${n}`), textOf(batch));
  const columns = "source, epoch, seq, id, type, at, rh, prev, kid, flaw, jws, sub, kind, local, data";
  let kept = 0;
  let copied = 0;
  const keeping = await compare({
    what: "500 records into PostgreSQL, committed and counted",
    against: "COPY of the same rows into the same indexes, committed",
    reads: "faster",
    target: 0.3,
    ours: async () => {
      await takeIn(sink, batches[kept] ?? []);
      kept += 1;
    },
    theirs: async () => {
      await copier.query(`COPY copied (${columns}) FROM '${join(folder, `${copied}`)}'`);
      copied += 1;
    },
    rounds: 15,
    repeat: 3,
  });
  await copier.end();
  await rm(folder, { recursive: true });
  return [verifying, keeping];
}

const identity = { tenant: "bench", site: "bench", device: `k${"0".repeat(20)}` };

function tokensOf(count: number, signer: Signer): readonly string[] {
  let prev = "A".repeat(43);
  return Array.from({ length: count }, (_, seq) => {
    const event = {
      ...{
        specversion: "1.0",
        id: `0199c82c-c000-7000-8000-${String(seq).padStart(12, "0")}`,
        source: sourceOf(identity),
      },
      ...{ type: "dev.lintel.punch.v1", time: "2026-11-23T07:57:03.120Z", epoch: 1, seq, prev, data },
    };
    const { jws, rh } = signJws("lintel-rec+jws", JSON.stringify(event), signer);
    prev = rh;
    return jws;
  });
}

const data = {
  kind: "in",
  sub: `p_${"0".repeat(20)}`,
  method: ["face"],
  assure: { match: "high", live: "pass", card: "none" },
  t: { local: "2026-11-23T08:57:03.120+01:00", tz: "Europe/Berlin", src: "ntp", err: 25, age: 412, boot: 17, mono: 1 },
  loc: "gate-2",
  pol: "default.1",
  dec: "accept",
};

/** COPY's own text form. The server reads it by itself, so that nothing of a client is counted against it. */
function textOf(records: readonly VerifiedRecord[]): string {
  const columns = columnsOf(records);
  return records.map((_, row) => `${columns.map((column) => fieldOf(column[row])).join("\t")}\n`).join("");
}

function fieldOf(value: unknown): string {
  if (value === null || value === undefined) return "\\N";
  if (Buffer.isBuffer(value)) return `\\\\x${value.toString("hex")}`;
  return String(value).replaceAll("\\", "\\\\").replaceAll("\t", "\\t").replaceAll("\n", "\\n");
}
