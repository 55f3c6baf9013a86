import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe } from "vitest";
import { openMemorySink } from "../../kiosk/uplink/receiver/memory-sink.ts";
import { openPostgresSink } from "../../kiosk/uplink/receiver/postgres-sink.ts";
import { openSqliteSink } from "../../kiosk/uplink/receiver/sqlite-sink.ts";
import { emptied, openPostgres, type Postgres } from "./postgres.ts";
import { sinkContract } from "./sink.ts";

describe("a sink in memory", () => {
  sinkContract({
    runs: 200,
    empty: async () => ({
      open: async () => openMemorySink(),
      outlives: false,
      isShared: false,
      [Symbol.asyncDispose]: async () => {},
    }),
  });
});

describe("a sink in an SQLite file", () => {
  sinkContract({
    runs: 60,
    empty: async () => {
      const folder = await mkdtemp(join(tmpdir(), "lintel-sink-"));
      return {
        open: async () => openSqliteSink(join(folder, "sink.sqlite")),
        outlives: true,
        isShared: true,
        [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
      };
    },
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
  sinkContract({
    runs: 60,
    empty: async () => {
      await emptied(url);
      return {
        open: () => openPostgresSink({ url }),
        outlives: true,
        isShared: true,
        [Symbol.asyncDispose]: async () => {},
      };
    },
  });
});
