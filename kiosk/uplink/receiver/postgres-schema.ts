/**
 * The tables of a receiver in PostgreSQL. `lintel_record.jws` is the truth; the columns `at`, `sub`, `kind`, `local` and
 * `data` are read out of it for whoever works in SQL, and are null where the database could not hold what was signed.
 */
import { forgetting } from "./ending.ts";
import { downSchema } from "./postgres-down.ts";

export const schemaVersion = 3;

/** Also leads older tables on. */
export const schema = `
  CREATE TABLE IF NOT EXISTS lintel_schema (version int NOT NULL);
  CREATE TABLE IF NOT EXISTS lintel_record (
    source text NOT NULL, epoch int NOT NULL, seq int NOT NULL,
    id text NOT NULL, type text NOT NULL, at timestamptz,
    rh bytea NOT NULL, prev text NOT NULL, kid text NOT NULL, flaw smallint, jws text NOT NULL,
    sub text, kind text, local text, data jsonb,
    received timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (source, epoch, seq));
  CREATE INDEX IF NOT EXISTS lintel_record_id ON lintel_record (id);
  CREATE INDEX IF NOT EXISTS lintel_record_rh ON lintel_record (rh);
  CREATE INDEX IF NOT EXISTS lintel_record_rare ON lintel_record (type, source, epoch, seq)
    WHERE type <> 'dev.lintel.punch.v1' AND type <> 'dev.lintel.boot.v1';
  CREATE TABLE IF NOT EXISTS lintel_fork (
    source text NOT NULL, epoch int NOT NULL, seq int NOT NULL, rh bytea NOT NULL, jws text NOT NULL,
    seen timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (source, epoch, seq, rh));
  CREATE TABLE IF NOT EXISTS lintel_stream (
    source text NOT NULL, epoch int NOT NULL, upto int NOT NULL, rh text NOT NULL, head int NOT NULL,
    lost text NOT NULL, bad text NOT NULL, PRIMARY KEY (source, epoch));
  CREATE TABLE IF NOT EXISTS lintel_device (
    source text PRIMARY KEY, status text NOT NULL, heard_ms bigint NOT NULL);
  CREATE TABLE IF NOT EXISTS lintel_quarantine (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, heard_ms bigint NOT NULL, topic text NOT NULL,
    code smallint NOT NULL, bytes bytea NOT NULL);
  CREATE OR REPLACE VIEW lintel_punch AS
    SELECT source, epoch, seq, id, at, sub, kind, local, data, received FROM lintel_record
    WHERE type = 'dev.lintel.punch.v1' AND flaw IS NULL AND jws IS NOT NULL;
  ALTER TABLE lintel_record ALTER COLUMN jws DROP NOT NULL;
  ALTER TABLE lintel_fork ALTER COLUMN jws DROP NOT NULL;
  ALTER TABLE lintel_stream ADD COLUMN IF NOT EXISTS since text NOT NULL DEFAULT '[]';
  ${downSchema}
`;

/** Columns as arrays: one statement for any number of records. The first for a place stays. */
export const insertRecords = `
  INSERT INTO lintel_record
    (source, epoch, seq, id, type, at, rh, prev, kid, flaw, jws, sub, kind, local, data)
  SELECT * FROM unnest($1::text[], $2::int[], $3::int[], $4::text[], $5::text[], $6::timestamptz[], $7::bytea[],
    $8::text[], $9::text[], $10::smallint[], $11::text[], $12::text[], $13::text[], $14::text[], $15::jsonb[])
  ON CONFLICT (source, epoch, seq) DO NOTHING
  RETURNING source, epoch, seq`;

export const selectKept = `
  SELECT source, epoch, seq, rh, prev, flaw
  FROM lintel_record JOIN unnest($1::text[], $2::int[], $3::int[]) AS wanted (source, epoch, seq)
    USING (source, epoch, seq)`;

export const insertForks = `
  INSERT INTO lintel_fork (source, epoch, seq, rh, jws)
  SELECT * FROM unnest($1::text[], $2::int[], $3::int[], $4::bytea[], $5::text[])
  ON CONFLICT DO NOTHING`;

/** Whatever may be about somebody; the text says whether it is. */
export const selectAbouts = `
  SELECT source, epoch, seq, rh, jws FROM lintel_record
  WHERE jws IS NOT NULL AND (sub = $1 OR data->>'v' = $1 OR (sub IS NULL AND data IS NULL))`;
export const selectForkTexts = "SELECT source, epoch, seq, rh, jws FROM lintel_fork WHERE jws IS NOT NULL";

/** What was read out of the text goes with it. */
export const stubRecords = `
  UPDATE lintel_record AS r SET jws = NULL, at = NULL, sub = NULL, kind = NULL, local = NULL, data = NULL
  FROM unnest($1::text[], $2::int[], $3::int[]) AS due (source, epoch, seq)
  WHERE r.source = due.source AND r.epoch = due.epoch AND r.seq = due.seq AND r.jws IS NOT NULL`;
export const stubForks = `
  UPDATE lintel_fork AS f SET jws = NULL
  FROM unnest($1::text[], $2::int[], $3::int[], $4::bytea[]) AS due (source, epoch, seq, rh)
  WHERE f.source = due.source AND f.epoch = due.epoch AND f.seq = due.seq AND f.rh = due.rh`;

/** Everything that is said about whole devices, in one question: \`what\` tells which. */
export const selectAbout = `
  SELECT 'fork' AS what, source, epoch, seq, NULL AS jws FROM lintel_fork WHERE source = ANY ($1)
  UNION ALL
  SELECT 'declarer', source, epoch, seq, jws FROM lintel_record
    WHERE source = ANY ($1) AND type = ANY ($2) AND flaw IS NULL
      AND type <> 'dev.lintel.punch.v1' AND type <> 'dev.lintel.boot.v1'
  UNION ALL
  SELECT 'declarer', newest.source, newest.epoch, newest.seq, newest.jws
    FROM unnest($1::text[]) AS wanted (source) CROSS JOIN LATERAL (
      SELECT source, epoch, seq, jws FROM lintel_record AS r
      WHERE r.source = wanted.source AND type = '${forgetting}' AND flaw IS NULL
        AND type <> 'dev.lintel.punch.v1' AND type <> 'dev.lintel.boot.v1'
      ORDER BY epoch DESC, seq DESC LIMIT 1) AS newest
  UNION ALL
  SELECT 'epoch', source, epoch, 0, NULL FROM lintel_stream WHERE source = ANY ($1)
  ORDER BY epoch, seq`;

export const selectLives = `
  SELECT source, epoch, upto, rh, head, lost, bad, since
  FROM lintel_stream JOIN unnest($1::text[], $2::int[]) AS wanted (source, epoch) USING (source, epoch)`;

/** The next page of each stream. */
export const selectRows = `
  SELECT wanted.source, wanted.epoch, row.seq, row.rh, row.prev, row.flaw
  FROM unnest($1::text[], $2::int[], $3::int[]) AS wanted (source, epoch, upto)
  CROSS JOIN LATERAL (
    SELECT seq, rh, prev, flaw FROM lintel_record AS r
    WHERE r.source = wanted.source AND r.epoch = wanted.epoch AND r.seq > wanted.upto
    ORDER BY seq LIMIT $4) AS row
  ORDER BY wanted.source, wanted.epoch, row.seq`;

export const saveLives = `
  INSERT INTO lintel_stream (source, epoch, upto, rh, head, lost, bad, since)
  SELECT * FROM unnest($1::text[], $2::int[], $3::int[], $4::text[], $5::int[], $6::text[], $7::text[], $8::text[])
  ON CONFLICT (source, epoch) DO UPDATE SET upto = excluded.upto, rh = excluded.rh, head = excluded.head,
    lost = excluded.lost, bad = excluded.bad, since = excluded.since`;

export const saveStatus = `
  INSERT INTO lintel_device (source, status, heard_ms) VALUES ($1, $2, $3)
  ON CONFLICT (source) DO UPDATE SET status = excluded.status, heard_ms = excluded.heard_ms`;
