import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { standsOf, takeIn } from "../../kiosk/uplink/receiver/intake.ts";
import { openMemorySink } from "../../kiosk/uplink/receiver/memory-sink.ts";
import { openNdjsonSink } from "../../kiosk/uplink/receiver/ndjson-sink.ts";
import { openPostgresSink } from "../../kiosk/uplink/receiver/postgres-sink.ts";
import { openSqliteSink } from "../../kiosk/uplink/receiver/sqlite-sink.ts";
import { downContract } from "./down.ts";
import { emptied, openPostgres, type Postgres } from "./postgres.ts";
import { lives, type SinkKind, sinkContract } from "./sink.ts";

const contracts = (kind: SinkKind): void => {
  sinkContract(kind);
  downContract(kind);
};

describe("a sink in memory", () => {
  contracts({
    runs: 200,
    empty: async () => ({
      open: async () => openMemorySink(),
      outlives: false,
      isShared: false,
      canStub: true,
      [Symbol.asyncDispose]: async () => {},
    }),
  });
});

describe("a sink in an SQLite file", () => {
  contracts({
    runs: 60,
    empty: async () => {
      const folder = await mkdtemp(join(tmpdir(), "lintel-sink-"));
      return {
        open: async () => openSqliteSink(join(folder, "sink.sqlite")),
        outlives: true,
        isShared: true,
        canStub: true,
        holds: async (tokens) => {
          const files = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))));
          return files.some((bytes) => tokens.some((token) => bytes.includes(token)));
        },
        [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
      };
    },
  });
});

test("an SQLite file of before is led on, with what is in it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "lintel-sink-"));
  const file = join(folder, "sink.sqlite");
  const records = lives([4, 6]);
  {
    await using sink = openSqliteSink(file);
    await takeIn(sink, records.slice(0, 4));
  }
  {
    using database = new DatabaseSync(file);
    database.exec("DROP TABLE lintel_order; DROP TABLE lintel_desired; ALTER TABLE lintel_stream DROP COLUMN since");
  }
  await using sink = openSqliteSink(file);
  expect((await takeIn(sink, records.slice(4, 5))).stands).toMatchObject([{ upto: 4 }]);
  expect(await sink.orders.list(10)).toEqual([]);
  await rm(folder, { recursive: true });
});

describe("a sink in a file of lines", () => {
  contracts({
    runs: 60,
    empty: async () => {
      const folder = await mkdtemp(join(tmpdir(), "lintel-sink-"));
      return {
        open: () => openNdjsonSink(join(folder, "sink.ndjson")),
        outlives: true,
        isShared: false,
        canStub: false,
        [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
      };
    },
  });

  test("forgets a line that a crash cut short, and nothing else", async () => {
    const folder = await mkdtemp(join(tmpdir(), "lintel-sink-"));
    const file = join(folder, "sink.ndjson");
    const [first, second, third] = lives([4, 6]);
    if (first === undefined || second === undefined || third === undefined) throw new Error("three records wanted");
    {
      await using sink = await openNdjsonSink(file);
      await takeIn(sink, [first, second]);
    }
    const whole = await readFile(file, "utf8");
    for (const cut of [whole.length - 1, whole.length - 20]) {
      await writeFile(file, whole.slice(0, cut));
      await using sink = await openNdjsonSink(file);
      expect((await standsOf(sink, [first.source])).map(({ upto }) => upto)).toEqual([
        cut === whole.length - 1 ? 1 : 0,
      ]);
      expect((await takeIn(sink, [second, third])).stands).toMatchObject([{ upto: 2, miss: [] }]);
    }
    await writeFile(file, whole.replace('"jws"', '"jwt"'));
    await expect(openNdjsonSink(file)).rejects.toMatchObject({ code: "sink-unusable" });
    await rm(folder, { recursive: true });
  });
});

describe("a sink in PostgreSQL", () => {
  let postgres: Postgres | null = null;
  let url = "";
  beforeAll(async () => {
    postgres = await openPostgres();
    url = await postgres.create();
  });
  afterAll(async () => {
    await postgres?.[Symbol.asyncDispose]();
  });
  contracts({
    runs: 60,
    empty: async () => {
      await emptied(url);
      return {
        open: () => openPostgresSink({ url }),
        outlives: true,
        isShared: true,
        canStub: true,
        [Symbol.asyncDispose]: async () => {},
      };
    },
  });

  test("leads the tables of before on, with what is in them", async () => {
    await emptied(url);
    const records = lives([4, 6]);
    {
      await using sink = await openPostgresSink({ url });
      await takeIn(sink, records.slice(0, 4));
    }
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(`DROP TABLE lintel_order, lintel_desired; ALTER TABLE lintel_stream DROP COLUMN since;
      UPDATE lintel_schema SET version = 1`);
    await client.end();
    await using sink = await openPostgresSink({ url });
    expect((await takeIn(sink, records.slice(4, 5))).stands).toMatchObject([{ upto: 4 }]);
    expect(await sink.orders.list(10)).toEqual([]);
  });
});

test("receivers that are started at once on one new file all find it theirs", async () => {
  const folder = await mkdtemp(join(tmpdir(), "lintel-sink-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const module = new URL("../../kiosk/uplink/receiver/sqlite-sink.ts", import.meta.url).href;
  const script = `const { openSqliteSink } = await import(${JSON.stringify(module)}); openSqliteSink(process.argv[1]);`;
  for (let round = 0; round < 5; round += 1) {
    const path = join(folder, `${round}.sqlite`);
    const openers = Array.from({ length: 6 }, () =>
      promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script, path]),
    );
    await Promise.all(openers);
  }
});
