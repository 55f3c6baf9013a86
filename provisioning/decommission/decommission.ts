import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Config } from "../../kiosk/config.ts";
import { Fault } from "../../kiosk/core/fault.ts";
import { openSigner } from "../../kiosk/host/signer.ts";
import { claimFolder } from "../../kiosk/store/start-over.ts";
import { destroyTree } from "../package/wipe/destroy.ts";
import { certify } from "./certificate.ts";
import { type LastWords, sayFarewell } from "./farewell.ts";
import { lookFor, mustBeGone } from "./look.ts";
import { needlesIn, type Scan } from "./needles.ts";
import { certificateOf, dropPlan, keepPlan, type Plan, planIn } from "./plan.ts";

export interface DecommissionOptions {
  readonly config: Config;
  /** Where the certificate goes; outside of the state folder. */
  readonly out: string;
  /** How long what is owed is sent for. */
  readonly patienceMs: number;
  /** Saves what is still owed, and says where; null: the clock is not ended while anything is owed. */
  readonly takeAlong: (() => Promise<{ readonly path: string; readonly punches: number }>) | null;
  /** Disks or files that are looked through afterwards, byte by byte, besides the state folder. */
  readonly raw: readonly string[];
  readonly say: (sentence: string) => void;
  /** Where the end was ordered from afar: what the last record says, and which file is kept until the very end. */
  readonly ordered?: { readonly words: LastWords; readonly keep: string };
}

export interface Ended {
  readonly certificate: string;
  /** The signed part; null where the key had gone before, in a run that was cut short. */
  readonly jws: string | null;
  readonly scans: readonly Scan[];
}

/** The clock's record key and what it needs: they sign when everything else is gone. */
const signing = ["device.key.jwk", "identity.json"];

/**
 * Ends a clock: what it owes is sent or taken along, then its keys are destroyed, then everything else, then it is looked
 * whether anything is left, then its own key signs what was seen, and goes. Whatever was cut off is finished by the next run.
 *
 * @throws Fault `decommission-refused` while punches are owed, `journal-busy` while the clock runs,
 *   `decommission-unproven` where something of it is still there.
 */
export async function decommission(options: DecommissionOptions): Promise<Ended> {
  const { config, out, say, ordered } = options;
  const state = resolve(config.state);
  const kept = ordered === undefined ? [] : [ordered.keep];
  await mkdir(out, { recursive: true, mode: 0o755 });
  const begun = await planIn(out, state);
  const goal = begun ?? (await prepare(options, state));
  if (begun !== null) say("A run that was cut short is carried on.");
  const done = await certificateOf(out, goal);
  if (done !== null) {
    await finish(state, out, kept);
    return { certificate: done.path, jws: done.jws, scans: [] };
  }
  const needles = await needlesIn(state, kept);
  const signer = existsSync(join(state, "device.key.jwk")) ? await openSigner(state) : null;
  const gone = await destroyTree(state, { spare: [...signing, ...kept] });
  say(`Destroyed: ${gone.keys} keys first, then ${gone.files - gone.keys} other files.`);
  // The key that signs and the name stand on the disk until the end: they are looked for by nobody.
  const scans = await lookFor(needles, state, [...signing, ...kept], options.raw);
  mustBeGone(gone.left, scans);
  const certificate = await certify(out, goal, { signer, needles, scans, gone });
  await finish(state, out, kept);
  return { ...certificate, scans };
}

async function prepare(options: DecommissionOptions, state: string): Promise<Plan> {
  const { config, out, patienceMs, takeAlong, say, ordered } = options;
  if (!existsSync(join(state, "device.key.jwk"))) {
    throw new Fault("decommission-refused", `${state} is no clock's folder`, "Name it with --state, or --config.");
  }
  await claimFolder(state, config.broker === "embedded" ? "demo" : "real");
  const signer = await openSigner(state);
  const mayEnd = async (owed: number) => (owed === 0 ? null : savedBy(takeAlong, owed));
  const farewell = await sayFarewell(config, signer, patienceMs, mayEnd, ordered?.words);
  say(
    farewell.told.length > 0
      ? `${farewell.told.join(", ")} receipted the last record ${farewell.last.epoch}/${farewell.last.seq}.`
      : "No receiver was told: give it the certificate.",
  );
  const { last, told, along } = farewell;
  const made: Plan = { state, device: signer.device, last: { ...last }, told: [...told], along };
  await keepPlan(out, made);
  return made;
}

async function savedBy(takeAlong: DecommissionOptions["takeAlong"], owed: number): Promise<Plan["along"]> {
  if (takeAlong !== null) return takeAlong();
  throw new Fault(
    "decommission-refused",
    `${owed} punches of this clock have no receipt yet`,
    "Give it its network and run this again, or take them along with --take-along DIR --for KEY.",
  );
}

/** The signing key goes, and with the last file of the folder the plan. */
async function finish(state: string, out: string, kept: readonly string[]): Promise<void> {
  const { left } = await destroyTree(state, { spare: kept });
  if (left.length > 0) {
    throw new Fault(
      "decommission-unproven",
      `${left.join(", ")} could not be destroyed`,
      "See that the disk takes writes and run this again.",
    );
  }
  // An end by order has more to do, and must know until then that this much is done.
  if (kept.length === 0) await dropPlan(out);
}
