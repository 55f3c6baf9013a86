import type { AcceptanceNews, LightSeen } from "../core/acceptance.ts";
import type { Clock } from "../core/ports/senses.ts";
import type { Attention, Box, FaceLit } from "../core/sight.ts";
import { type Borrower, type Loan, nobody } from "./loan.ts";

export interface LightRooms {
  readonly loan: Pick<Loan, "take" | "giveBack">;
  readonly clock: Pick<Clock, "now" | "sleep">;
}

const measuring: Attention = { effort: "look", claim: nobody, challenge: null, codes: false, measured: true };
/** Enough pictures for a median that one closed eye does not move. */
const enough = 20;
const lookEveryMs = 100;

/** Watches whoever stands there for `forS` seconds at most: how they are lit, how they are framed, what is wrong. */
export async function measureLight(
  { loan, clock }: LightRooms,
  forS: number,
  tell: (news: AcceptanceNews) => void,
  gone: AbortSignal,
): Promise<LightSeen> {
  const untilMs = clock.now().monoMs + forS * 1_000;
  const lits: FaceLit[] = [];
  const boxes: Box[] = [];
  const problems: Record<string, number> = {};
  let [pictures, good] = [0, 0];
  const borrower: Borrower = {
    attention: () => measuring,
    saw: ({ sight: { face } }) => {
      pictures += 1;
      tell({ test: face === null ? "nobody" : "look", problem: face?.problem ?? null });
      if (face === null) return;
      boxes.push(face.box);
      if (face.lit !== undefined) lits.push(face.lit);
      if (face.problem === null) good += 1;
      else problems[face.problem] = (problems[face.problem] ?? 0) + 1;
    },
    view: () => null,
  };
  loan.take(borrower);
  try {
    while (good < enough && clock.now().monoMs < untilMs && !gone.aborted) await clock.sleep(lookEveryMs, gone);
  } finally {
    loan.giveBack(borrower);
  }
  tell({ test: "step-away", problem: null });
  return {
    of: "light",
    ...{ pictures, faces: boxes.length, good, problems },
    lit: medians(lits, ["luma", "contrast", "behind", "sharpness"]),
    box: medians(boxes, ["x", "y", "width", "height"]),
  };
}

function medians<K extends string>(
  of: readonly Readonly<Record<K, number>>[],
  keys: readonly K[],
): Readonly<Record<K, number>> | null {
  if (of.length === 0) return null;
  const middle = (key: K): number => of.map((one) => one[key]).sort((a, b) => a - b)[Math.floor(of.length / 2)] ?? 0;
  return Object.fromEntries(keys.map((key) => [key, middle(key)])) as Record<K, number>;
}
