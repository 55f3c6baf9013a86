import { randomBytes } from "node:crypto";
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { bound, compare, quantile, type Row, timed } from "../measure.ts";
import { fill, type PunchBench, punchBench } from "../punches.ts";

const few = 1_000;
const many = 1_000_000;
const group = 16;

/** A durable punch alone and in a crowd, and what a million of them change. */
export async function measure(): Promise<readonly Row[]> {
  // Beside the checkout: /tmp may be memory, where nothing is durable and everything is fast.
  const directory = mkdtempSync(join(import.meta.dirname, "../results-"));
  try {
    const bench = await punchBench();
    return [...(await againstTheFloor(bench, directory)), ...(await ofAMillion(bench, directory))];
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Against the least that any durable log must do: append the same bytes and fdatasync. */
async function againstTheFloor(bench: PunchBench, directory: string): Promise<readonly Row[]> {
  const file = openSync(join(directory, "floor"), "a");
  try {
    await using journal = await bench.open(join(directory, "small"));
    const { stored } = await bench.punch(journal);
    const { jws } = stored;
    const bytes = randomBytes(Buffer.byteLength(jws));
    const signingInput = jws.slice(0, -87);
    return [
      await compare({
        what: "durable append (build, sign, commit)",
        against: "append and fdatasync of the same bytes",
        reads: "cost",
        target: 2,
        ours: () => bench.punch(journal),
        theirs: () => {
          writeSync(file, bytes);
          fdatasyncSync(file);
        },
        rounds: 15,
        repeat: 200,
      }),
      await compare({
        what: `${group} durable appends that wait together`,
        against: `sign ${group} times, append the same bytes, fdatasync once`,
        reads: "cost",
        target: 2,
        ours: () => Promise.all(Array.from({ length: group }, () => bench.punch(journal))),
        theirs: () => {
          for (let one = 0; one < group; one += 1) {
            bench.signer.sign(signingInput);
            writeSync(file, bytes);
          }
          fdatasyncSync(file);
        },
        rounds: 15,
        repeat: 50,
      }),
    ];
  } finally {
    closeSync(file);
  }
}

async function ofAMillion(bench: PunchBench, directory: string): Promise<readonly Row[]> {
  const [short, long] = [join(directory, "short"), join(directory, "long")];
  await fill(bench, short, few);
  await fill(bench, long, many);
  const startMs = performance.now();
  await using journal = await bench.open(long);
  // What a start does before anybody can punch: open, and remember the last days.
  journal.recall(bench.clock.now().utcMs - 3 * 24 * 3_600_000);
  await bench.punch(journal);
  const firstPunchMs = performance.now() - startMs;
  await using small = await bench.open(short);
  const pairs: [number, number][] = [];
  for (let round = -1; round < 15; round += 1) {
    const ours = quantile(await timed(() => bench.punch(journal), 200), 0.5);
    const theirs = quantile(await timed(() => bench.punch(small), 200), 0.5);
    if (round >= 0) pairs.push([ours, theirs]);
  }
  const middle = (values: readonly number[]): number => quantile(values, 0.5);
  const ratios = pairs.map(([ours, theirs]) => ours / theirs);
  const proofMs = middle(await timed(() => journal.proofOf({ epoch: 1, seq: Math.floor(Math.random() * many) }), 100));
  return [
    {
      what: `durable append, median, after ${many.toLocaleString("en")} records`,
      against: `the same after ${few.toLocaleString("en")}`,
      unit: "ms",
      reads: "cost",
      target: 1.1,
      ours: middle(pairs.map(([ours]) => ours)),
      theirs: middle(pairs.map(([, theirs]) => theirs)),
      ratio: middle(ratios),
      range: [Math.min(...ratios), Math.max(...ratios)],
    },
    bound(`opening ${many.toLocaleString("en")} records and the first punch`, firstPunchMs, 3_000, "ms"),
    bound("proof that one of them was in it", proofMs, 20, "ms"),
  ];
}
