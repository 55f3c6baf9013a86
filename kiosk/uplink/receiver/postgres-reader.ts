import type { Ask } from "./postgres-down.ts";
import { foundOf, streamOf } from "./postgres-row.ts";
import { endOfPrefix } from "./prefix.ts";
import type { SinkReader } from "./sink.ts";

const found = "SELECT source, epoch, seq, rh, jws FROM lintel_record WHERE";

/** What people and reports ask, outside of any transaction. */
export function readerOf(ask: Ask): SinkReader {
  return {
    streams: async () => (await ask("SELECT source, epoch FROM lintel_stream ORDER BY source, epoch")).map(streamOf),
    since: async ({ source, epoch }) => {
      const [row] = await ask("SELECT since FROM lintel_stream WHERE source = $1 AND epoch = $2", [source, epoch]);
      return JSON.parse(String(row?.since ?? "[]"));
    },
    status: async (source) => {
      const [row] = await ask("SELECT status, heard_ms FROM lintel_device WHERE source = $1", [source]);
      return row === undefined ? null : { jws: String(row.status), heardMs: Number(row.heard_ms) };
    },
    byId: async (id) => (await ask(`${found} id = $1 ORDER BY source, epoch, seq LIMIT 10`, [id])).map(foundOf),
    byHash: async (prefix) =>
      (await ask(`${found} rh >= $1 AND rh < $2 ORDER BY rh LIMIT 10`, [Buffer.from(prefix), endOfPrefix(prefix)])).map(
        foundOf,
      ),
    ofType: async (type, stream) =>
      (stream === undefined
        ? await ask(`${found} type = $1 ORDER BY source, epoch, seq`, [type])
        : await ask(`${found} type = $1 AND source = $2 AND epoch = $3 ORDER BY seq`, [
            type,
            stream.source,
            stream.epoch,
          ])
      ).map(foundOf),
    page: async ({ source, epoch }, from, limit) =>
      (
        await ask(`${found} source = $1 AND epoch = $2 AND seq >= $3 ORDER BY seq LIMIT $4`, [
          source,
          epoch,
          from,
          limit,
        ])
      ).map(foundOf),
    counts: async () => {
      const [row] = await ask(`SELECT (SELECT count(*) FROM lintel_record) AS records,
        (SELECT count(*) FROM lintel_fork) AS forks, (SELECT count(*) FROM lintel_quarantine) AS quarantined`);
      return { records: Number(row?.records), forks: Number(row?.forks), quarantined: Number(row?.quarantined) };
    },
  };
}
