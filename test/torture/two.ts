import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { verifyJournal } from "../../kiosk/store/verify.ts";
import { openReceiptKey } from "../../provisioning/receive/keys.ts";
import { until } from "../unit/uplink/parts.ts";
import type { Chance } from "./chance.ts";
import { startWall, type Wall, type WallPlan } from "./wall.ts";

export interface RaceOutcome {
  /** How each race ended: code and fault of whoever lost it. */
  readonly losers: readonly string[];
  /** Races in which not exactly one of the two went on to take punches. */
  readonly undecided: readonly string[];
  readonly accepted: number;
  /** Thanked twice for one place, or thanked for and not in the journal. */
  readonly reused: readonly string[];
  readonly lost: readonly string[];
  readonly epochs: number;
}

/** Two clocks started on one folder at (nearly) the same moment, again and again; every fourth time it is a new folder. */
export async function twoOnOneJournal(chance: Chance, races: number): Promise<RaceOutcome> {
  const folder = mkdtempSync(join(tmpdir(), "lintel-torture-two-"));
  const receiptKey = join(folder, "receipts.jwk");
  writeFileSync(receiptKey, JSON.stringify(openReceiptKey(join(folder, "receipts.pem")).jwk));
  const outcome = { losers: [] as string[], undecided: [] as string[], reused: [] as string[], lost: [] as string[] };
  let accepted = 0;
  let epochs = 0;
  let thanked = new Map<string, string>();
  let state = "";
  const check = (): void => {
    if (state === "") return;
    const report = verifyJournal(state);
    if (report.firstBad !== null) outcome.lost.push(`${state}: ${report.firstBad.code}`);
    epochs = Math.max(epochs, report.epochs.length);
  };
  try {
    for (let race = 0; race < races; race += 1) {
      if (race % 4 === 0) {
        check();
        state = join(folder, `state-${race}`);
        thanked = new Map();
      }
      // No broker there: this is about the folder.
      const plan: WallPlan = { state, receiptKey, brokerUrl: "mqtt://127.0.0.1:1", tapsPerS: 50 };
      const first = startWall(plan);
      await delay(chance.between(0, 40));
      const walls: readonly Wall[] = [first, startWall(plan)];
      await until("one of them gave up", () => walls.some((wall) => !wall.isRunning()), 60_000);
      const loser = walls.find((wall) => !wall.isRunning());
      const winner = walls.find((wall) => wall !== loser);
      if (loser === undefined || winner === undefined) throw new RangeError("there are two");
      outcome.losers.push(`${await loser.end("SIGKILL")} ${loser.fault()?.split(" ")[0]}`);
      const before = winner.thanked.length;
      await until("the other takes punches, before and after", () => winner.thanked.length > before + 3, 60_000).catch(
        () => outcome.undecided.push(`race ${race}: ${winner.fault()}`),
      );
      if (loser.thanked.length > 0) outcome.undecided.push(`race ${race}: both took punches`);
      await winner.end(chance.oneOf(["SIGKILL", "SIGTERM"]));
      for (const { epoch, seq, rh } of winner.thanked) {
        const place = `${epoch}/${seq}`;
        if (thanked.has(place)) outcome.reused.push(place);
        thanked.set(place, rh);
      }
      accepted += winner.thanked.length;
    }
    check();
    return { ...outcome, accepted, epochs };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
