/** Ratios against a floor or a peer measured in the same run: the only numbers that survive a shared machine. */

export interface Row {
  readonly what: string;
  readonly ours: number;
  readonly theirs: number;
  /** What `theirs` is. */
  readonly against: string;
  readonly unit: "ms" | "MB" | "B" | "x" | "%";
  /** Median of the paired ratios of the rounds; `faster` is theirs / ours, `cost` is ours / theirs. */
  readonly ratio: number;
  readonly range: readonly [number, number];
  readonly reads: "faster" | "cost";
  readonly target: number;
}

export const meets = ({ ratio, reads, target }: Row): boolean =>
  reads === "faster" ? ratio >= target : ratio <= target;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

export const quantile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
};

/** A value against a limit that stands by itself. */
export const bound = (what: string, value: number, limit: number, unit: Row["unit"], against = "the bound"): Row => ({
  ...{ what, ours: value, theirs: limit, unit, against, reads: "cost", target: 1 },
  ratio: value / limit,
  range: [value / limit, value / limit],
});

export interface Contest {
  readonly what: string;
  readonly against: string;
  readonly reads: Row["reads"];
  readonly target: number;
  readonly ours: () => Promise<unknown> | unknown;
  readonly theirs: () => Promise<unknown> | unknown;
  readonly rounds: number;
  /** Runs of each side in one round. */
  readonly repeat: number;
  /** Which of ours counts in a round: the mean of the runs, or the slowest but one in twenty. */
  readonly counts?: "mean" | "p95";
  /**
   * Processor time of this thread (`processor`) or of all of the process's (`processors`), for work that waits for
   * nothing but them: a busy machine changes it little. Default: the wall's.
   */
  readonly clock?: "wall" | "processor" | "processors";
}

/** A, B, A, B: whatever the neighbours on the machine do, they do to both. */
export async function compare(contest: Contest): Promise<Row> {
  const { what, against, reads, target, rounds, repeat, counts = "mean", clock = "wall" } = contest;
  const ourPick = counts === "mean" ? mean : (runs: readonly number[]) => quantile(runs, 0.95);
  const nowMs = { wall: () => performance.now(), processor: processorMs, processors: processorsMs }[clock];
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = -1; round < rounds; round += 1) {
    const pair = [
      ourPick(await timed(contest.ours, repeat, nowMs)),
      mean(await timed(contest.theirs, repeat, nowMs)),
    ] as const;
    // The first round warms caches and compilers.
    if (round < 0) continue;
    ours.push(pair[0]);
    theirs.push(pair[1]);
  }
  const ratios = ours.map((value, round) => {
    const other = theirs[round] ?? Number.NaN;
    return reads === "faster" ? other / value : value / other;
  });
  const range = [Math.min(...ratios), Math.max(...ratios)] as const;
  return {
    what,
    against,
    reads,
    target,
    unit: "ms",
    ours: median(ours),
    theirs: median(theirs),
    ratio: median(ratios),
    range,
  };
}

/** @returns milliseconds of every run. */
export async function timed(
  act: () => Promise<unknown> | unknown,
  repeat: number,
  nowMs = (): number => performance.now(),
): Promise<readonly number[]> {
  const runs: number[] = [];
  for (let n = 0; n < repeat; n += 1) {
    const startMs = nowMs();
    await act();
    runs.push(nowMs() - startMs);
  }
  return runs;
}

function processorMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function processorsMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
