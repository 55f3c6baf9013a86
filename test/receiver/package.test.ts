import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildReceiverPackage } from "../../provisioning/package-receiver/build.ts";
import { openPostgres, type Postgres } from "./postgres.ts";

/** The package as a stranger gets it: packed, installed into an empty project, on an old Node and on ours. */
const folder = mkdtempSync(join(tmpdir(), "lintel-package-"));
const project = join(folder, "project");
const old = join(folder, "node20");
const node20 = join(old, `node_modules/node-linux-${process.arch}/bin/node`);
let postgres: Postgres | null = null;

const npm = (cwd: string, ...args: readonly string[]): string =>
  execFileSync("npm", [...args, "--no-audit", "--no-fund", "--loglevel", "error"], { cwd, encoding: "utf8" });

beforeAll(async () => {
  const built = join(folder, "built");
  buildReceiverPackage(built);
  const [packed] = JSON.parse(npm(built, "pack", "--json", "--pack-destination", folder));
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), '{"name": "stranger", "private": true, "type": "module"}');
  npm(project, "install", join(folder, packed.filename), "pg", "@types/node@20");
  mkdirSync(old);
  writeFileSync(join(old, "package.json"), '{"name": "old", "private": true}');
  npm(old, "install", `node-linux-${process.arch}@20`);
  postgres = await openPostgres();
}, 240_000);

afterAll(async () => {
  await postgres?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const vectors: unknown = JSON.parse(readFileSync(new URL("../fixtures/uplink-vectors.json", import.meta.url), "utf8"));

const program = `
import { readFileSync } from "node:fs";
import { generateKeyPairSync, sign } from "node:crypto";
import { keyFromJwk, kidOf, lettersIn, openKeyRegistry, openMemorySink, openReceiver } from "lintel/receiver";

const { place, vectors } = JSON.parse(readFileSync(0, "utf8"));
const { source } = JSON.parse(Buffer.from(vectors.records[0].jws.split(".")[1], "base64url").toString());
const [, , tenant, site, device] = source.split(":");
const keys = openKeyRegistry();
const { kid, key } = keyFromJwk(vectors.jwk);
keys.add({ tenant, site, device }, kid, key);
const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const signer = { kid: kidOf(publicKey.export({ format: "jwk" })), alg: "EdDSA", publicKey, sign: (input) => sign(null, Buffer.from(input), privateKey) };
const open = {
  memory: async () => openMemorySink(),
  sqlite: async () => (await import("lintel/receiver/sqlite")).openSqliteSink(":memory:"),
  ndjson: async () => (await import("lintel/receiver/ndjson")).openNdjsonSink("records.ndjson"),
  postgres: async () => (await import("lintel/receiver/postgres")).openPostgresSink({ url: place.url }),
};
const sink = await open[place.kind]();
const receiver = openReceiver({ sink, keys, name: "payroll", signer });
const { outcomes, stands } = await receiver.ingest(lettersIn(vectors.records.map(({ jws }) => jws)));
const [receipt] = receiver.receipts(stands);
await sink[Symbol.asyncDispose]();
console.log(JSON.stringify({ node: process.versions.node.split(".")[0], outcomes, upto: stands[0].upto, rh: stands[0].rh, topic: receipt.topic.split("/").at(-1) }));
`;

const nodes = [
  ["Node 20", () => node20, "20"],
  ["our Node", () => process.execPath, process.versions.node.split(".")[0]],
] as const;
const kinds = ["memory", "ndjson", "postgres", "sqlite"] as const;
// node:sqlite came with Node 22.5.
const runs = nodes.flatMap(([name, node, major]) =>
  kinds.filter((kind) => kind !== "sqlite" || name !== "Node 20").map((kind) => ({ name, node, major, kind })),
);

describe("lintel/receiver, installed from its tarball into an empty project", () => {
  test.each(runs)(
    "verifies, keeps and receipts the published records on $name, in $kind",
    async ({ node, major, kind }) => {
      writeFileSync(join(project, "program.mjs"), program);
      rmSync(join(project, "records.ndjson"), { force: true });
      const url = kind === "postgres" ? await postgres?.create() : null;
      const input = JSON.stringify({ place: { kind, url }, vectors });
      const said = JSON.parse(execFileSync(node(), ["program.mjs"], { cwd: project, input, encoding: "utf8" }));
      const { records } = vectors as { readonly records: readonly { readonly recordHash: string }[] };
      expect(said).toEqual({
        node: major,
        outcomes: { new: records.length, duplicate: 0, fork: 0 },
        upto: records.length - 1,
        rh: records.at(-1)?.recordHash,
        topic: "ack",
      });
    },
  );

  test("runs the handler of docs/receiver.md behind an IoT rule", async () => {
    const docs = readFileSync(new URL("../../docs/receiver.md", import.meta.url), "utf8");
    const handler = /```js\n(.*?)```/s.exec(docs)?.[1] ?? "";
    writeFileSync(join(project, "handler.mjs"), handler);
    writeFileSync(
      join(project, "lambda.mjs"),
      `import { readFileSync } from "node:fs";
       import { handler } from "./handler.mjs";
       const answers = [];
       for (const event of JSON.parse(readFileSync(0, "utf8"))) answers.push(await handler(event));
       console.log(JSON.stringify(answers.map(({ punches, publish }) => [punches.length, publish.map(({ topic }) => topic)])));
       process.exit();`,
    );
    const { jwk, records } = vectors as { readonly jwk: object; readonly records: readonly { readonly jws: string }[] };
    const events = records.map(({ jws }) => JSON.parse(Buffer.from(jws.split(".")[1] ?? "", "base64url").toString()));
    const [, , tenant, site, device] = String(events[0]?.source).split(":");
    const t = `lintel1/${tenant}/${site}/${device}/up/rec`;
    const env = {
      PATH: process.env.PATH,
      CLOCKS: JSON.stringify([{ device: { tenant, site, device }, jwk }]),
      RECEIPT_KEY: generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
      DATABASE_URL: await postgres?.create(),
    };
    const input = JSON.stringify(records.map(({ jws }) => ({ b: Buffer.from(jws).toString("base64"), t })));
    const said = JSON.parse(execFileSync(node20, ["lambda.mjs"], { cwd: project, input, encoding: "utf8", env }));
    const isPunch = events.map(({ type }) => (type === "dev.lintel.punch.v1" ? 1 : 0));
    expect(said).toEqual(isPunch.map((punches) => [punches, [t.replace("up/rec", "dn/ack")]]));
  });

  test("has types that a strict project accepts", () => {
    const compilerOptions = { strict: true, noEmit: true, module: "nodenext", target: "es2022", types: ["node"] };
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["typed.ts"] }));
    writeFileSync(
      join(project, "typed.ts"),
      `import { openKeyRegistry, openMemorySink, openReceiver, type Receiver } from "lintel/receiver";
       import { openPostgresSink } from "lintel/receiver/postgres";
       import { openSqliteSink } from "lintel/receiver/sqlite";
       import { openNdjsonSink } from "lintel/receiver/ndjson";
       export const receiver: Receiver = openReceiver({ sink: openMemorySink(), keys: openKeyRegistry(), name: "payroll", signer: null });
       export const upto: Promise<number | undefined> = receiver.ingest([]).then(({ stands }) => stands[0]?.upto);
       export const sinks = [openPostgresSink, openSqliteSink, openNdjsonSink];`,
    );
    const compiler = join(import.meta.dirname, "../../node_modules/typescript/bin/tsc");
    execFileSync(process.execPath, [compiler, "-p", "."], { cwd: project, stdio: "pipe" });
  });

  test("brings nothing native and nothing of the clock's side", () => {
    const names = execFileSync("find", ["-L", join(project, "node_modules/lintel"), "-type", "f"], {
      encoding: "utf8",
    });
    expect(names).not.toMatch(/\.node$|\.wasm$/m);
    expect(names).not.toMatch(/kiosk\/(store|inference|camera|ui|host)|uplink\/(pump|session|mqtt)/);
    const { dependencies } = JSON.parse(readFileSync(join(project, "node_modules/lintel/package.json"), "utf8"));
    expect(Object.keys(dependencies)).toEqual(["zod"]);
  });
});
