import { DatabaseSync } from "node:sqlite";
import pg from "pg";
import type { Thanked } from "./wall.ts";

/** A record by where it stands and what it says. */
export type Kept = Omit<Thanked, "id"> & { readonly jws: string };

/** What became of everybody who was thanked, as sets: nothing here knows how the sending works. */
export interface Verdict {
  readonly accepted: number;
  /** Thanked for, and the sink has it not. */
  readonly lost: readonly string[];
  /** One place in an epoch, two records: in what was thanked for, or between that and the sink. */
  readonly reused: readonly string[];
  /** One receipt code or one place kept twice in the sink. */
  readonly twice: readonly string[];
  /** In the clock's journal and not in the sink, or the other way round. */
  readonly unequal: readonly string[];
  readonly forks: number;
  readonly refused: number;
}

/** What every verdict must say. */
export const nothingLost = { lost: [], reused: [], twice: [], unequal: [], forks: 0, refused: 0 } as const;

/** New with every run; `TORTURE_SEED` makes it the one that was printed. */
export const seedOf = (): number => Number(process.env.TORTURE_SEED ?? Math.floor(Math.random() * 2 ** 31));

const placeOf = ({ epoch, seq }: Pick<Thanked, "epoch" | "seq">): string => `${epoch}/${seq}`;

export function judge(
  thanked: readonly Thanked[],
  journal: readonly Kept[],
  sink: { readonly kept: readonly Kept[]; readonly forks: number; readonly refused: number },
): Verdict {
  const kept = new Map<string, string>();
  const twice: string[] = [];
  for (const record of sink.kept) {
    if (kept.has(placeOf(record))) twice.push(placeOf(record));
    kept.set(placeOf(record), record.rh);
  }
  const said = new Map<string, string>();
  const reused: string[] = [];
  const lost: string[] = [];
  for (const record of thanked) {
    const place = placeOf(record);
    const who = `${place} ${record.rh.slice(0, 10)}`;
    // Also the same record twice: two people would hold one receipt.
    if (said.has(place)) reused.push(who);
    said.set(place, record.rh);
    const found = kept.get(place);
    if (found === undefined) lost.push(who);
    else if (found !== record.rh) reused.push(who);
  }
  const own = new Map(journal.map((record) => [placeOf(record), record.jws]));
  const theirs = new Map(sink.kept.map((record) => [placeOf(record), record.jws]));
  const unequal = [...new Set([...own.keys(), ...theirs.keys()])].filter(
    (place) => own.get(place) !== theirs.get(place),
  );
  return { accepted: thanked.length, lost, reused, twice, unequal, forks: sink.forks, refused: sink.refused };
}

/** What the journal of a clock that has ended holds. */
export function journalOf(file: string): readonly Kept[] {
  using database = new DatabaseSync(file);
  return database.prepare("select epoch, seq, rh, jws from record order by epoch, seq").all() as unknown as Kept[];
}

/** What `lintel receive` keeps in PostgreSQL. */
export async function postgresOf(url: string): Promise<Parameters<typeof judge>[2]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query("SELECT epoch, seq, rh, jws FROM lintel_record ORDER BY epoch, seq");
    const { rows: rest } = await client.query(
      "SELECT (SELECT count(*) FROM lintel_fork) AS forks, (SELECT count(*) FROM lintel_quarantine) AS refused",
    );
    const kept = rows.map(({ epoch, seq, rh, jws }) => ({ epoch, seq, rh: rh.toString("base64url"), jws }));
    return { kept, forks: Number(rest[0]?.forks), refused: Number(rest[0]?.refused) };
  } finally {
    await client.end();
  }
}
