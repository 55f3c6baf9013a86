import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";
import type { Config } from "../../kiosk/config.ts";
import { Fault } from "../../kiosk/core/fault.ts";
import { signJws } from "../../kiosk/core/jws.ts";
import { type DeviceSigner, openSigner } from "../../kiosk/host/signer.ts";
import { writeAtomically } from "../../kiosk/store/atomic.ts";
import { claimFolder } from "../../kiosk/store/start-over.ts";
import { destroyTree } from "../package/wipe/destroy.ts";
import { sayFarewell } from "./farewell.ts";
import { type Needles, needlesIn, type Scan, scan } from "./needles.ts";

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
}

export interface Ended {
  readonly certificate: string;
  /** The signed part; null where the key had gone before, in a run that was cut short. */
  readonly jws: string | null;
  readonly scans: readonly Scan[];
}

/** The clock's record key and what it needs: they sign when everything else is gone. */
const signing = ["device.key.jwk", "identity.json"];

/** Stands beside the certificate while a clock is being ended: the folder itself remembers nothing by then. */
const planName = "decommission.json";
const plan = z.object({
  state: z.string(),
  device: z.string(),
  last: z.object({ epoch: z.int(), seq: z.int(), rh: z.string() }),
  told: z.array(z.string()),
  along: z.object({ punches: z.int(), path: z.string() }).nullable(),
});
type Plan = z.output<typeof plan>;

/**
 * Ends a clock: what it owes is sent or taken along, then its keys are destroyed, then everything else, then it is looked
 * whether anything is left, then its own key signs what was seen, and goes. Whatever was cut off is finished by the next run.
 *
 * @throws Fault `decommission-refused` while punches are owed, `journal-busy` while the clock runs,
 *   `decommission-unproven` where something of it is still there.
 */
export async function decommission(options: DecommissionOptions): Promise<Ended> {
  const { config, out, say } = options;
  const state = resolve(config.state);
  await mkdir(out, { recursive: true, mode: 0o755 });
  const begun = await planIn(out, state);
  const goal = begun ?? (await prepare(options, state));
  if (begun !== null) say("A run that was cut short is carried on.");
  const done = await certificateOf(out, goal);
  if (done !== null) {
    await finish(state, out);
    return { certificate: done.path, jws: done.jws, scans: [] };
  }
  const needles = await needlesIn(state);
  const signer = existsSync(join(state, "device.key.jwk")) ? await openSigner(state) : null;
  const gone = await destroyTree(state, { spare: signing });
  say(`Destroyed: ${gone.keys} keys first, then ${gone.files - gone.keys} other files.`);
  const scans = await lookFor(needles, state, options.raw);
  const left = [...gone.left, ...scans.filter(({ found }) => found > 0).map(({ place }) => place)];
  if (left.length > 0) {
    throw new Fault(
      "decommission-unproven",
      `something of this clock is still there: ${left.join(", ")}`,
      "See that the disk takes writes and run this again; on flash, discard or destroy the card.",
    );
  }
  const certificate = await certify(out, goal, { signer, needles, scans, gone });
  await finish(state, out);
  return { ...certificate, scans };
}

async function prepare({ config, out, patienceMs, takeAlong, say }: DecommissionOptions, state: string): Promise<Plan> {
  if (!existsSync(join(state, "device.key.jwk"))) {
    throw new Fault("decommission-refused", `${state} is no clock's folder`, "Name it with --state, or --config.");
  }
  await claimFolder(state, config.broker === "embedded" ? "demo" : "real");
  const signer = await openSigner(state);
  const farewell = await sayFarewell(config, signer, patienceMs, async (owed) =>
    owed === 0 ? null : savedBy(takeAlong, owed),
  );
  say(
    farewell.told.length > 0
      ? `${farewell.told.join(", ")} receipted the last record ${farewell.last.epoch}/${farewell.last.seq}.`
      : "No receiver was told: give it the certificate.",
  );
  const { last, told, along } = farewell;
  const made: Plan = { state, device: signer.device, last: { ...last }, told: [...told], along };
  await writeAtomically(join(out, planName), JSON.stringify(made), 0o644);
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

async function lookFor(needles: Needles, state: string, raw: readonly string[]): Promise<readonly Scan[]> {
  const scans: Scan[] = [];
  for (const name of await readdir(state).catch(() => [])) {
    const path = join(state, name);
    if (!signing.includes(name))
      scans.push(await scan(path, needles).catch(() => ({ place: path, bytes: 0, found: 1 })));
  }
  // The key that signs and the name stand on the disk until the end: they are looked for by nobody.
  const others = await withoutSigning(needles, state);
  for (const place of raw) {
    try {
      scans.push(await scan(place, others));
    } catch (cause) {
      throw new Fault(
        "decommission-unproven",
        `${place} cannot be read`,
        "Run this as root, or leave --raw away.",
        cause,
      );
    }
  }
  return scans;
}

async function withoutSigning(needles: Needles, state: string): Promise<Needles> {
  const kept = await Promise.all(signing.map((name) => readFile(join(state, name)).catch(() => Buffer.alloc(0))));
  return { ...needles, pieces: needles.pieces.filter((piece) => !kept.some((bytes) => bytes.includes(piece))) };
}

async function certify(
  out: string,
  { device, last, told, along }: Plan,
  seen: {
    readonly signer: DeviceSigner | null;
    readonly needles: Needles;
    readonly scans: readonly Scan[];
    readonly gone: Awaited<ReturnType<typeof destroyTree>>;
  },
): Promise<{ readonly certificate: string; readonly jws: string | null }> {
  const { signer, needles, scans, gone } = seen;
  const endedAt = new Date().toISOString();
  const said = {
    ...{ v: 1, device, key: signer?.publicJwk ?? null, endedAt, last, told, along: along?.punches ?? 0 },
    destroyed: { keys: gone.keys, files: gone.files, bytes: gone.bytes },
    scanned: { needles: needles.pieces.length, places: scans.length, bytes: sum(scans), found: 0 },
  };
  const jws = signer === null ? null : signJws("lintel-wip+jws", JSON.stringify(said), signer).jws;
  const certificate = join(out, `decommissioned-${device}.txt`);
  const lines = [
    `Clock ${device} was ended at ${endedAt} by its own time. Its last record is ${last.epoch}/${last.seq}.`,
    told.length === 0 ? "No receiver receipted that record." : `Receipted by: ${told.join(", ")}.`,
    `${said.along} punches without a receipt were taken along, sealed.`,
    `Overwritten and unlinked: ${gone.keys} keys first, then ${gone.files - gone.keys} files of ${gone.bytes} bytes together.`,
    `${said.scanned.needles} pieces of what was there were looked for in ${said.scanned.bytes} bytes of ${scans.length} disks or files: none was met.`,
    "A memory card may keep copies of overwritten blocks that no program can read; what was sealed cannot be opened any more.",
    "",
    jws === null
      ? "Not signed: the key had gone in a run that was cut short."
      : "Signed by the clock's record key, as its last act (JWS, typ lintel-wip+jws):",
    jws ?? "",
  ];
  await writeAtomically(certificate, `${lines.join("\n")}\n`, 0o644);
  return { certificate, jws };
}

const sum = (scans: readonly Scan[]): number => scans.reduce((all, { bytes }) => all + bytes, 0);

/** The signing key goes, and with the last file of the folder the plan. */
async function finish(state: string, out: string): Promise<void> {
  const { left } = await destroyTree(state);
  if (left.length > 0) {
    throw new Fault(
      "decommission-unproven",
      `${left.join(", ")} could not be destroyed`,
      "See that the disk takes writes and run this again.",
    );
  }
  await rm(join(out, planName), { force: true });
}

async function planIn(out: string, state: string): Promise<Plan | null> {
  const text = await readFile(join(out, planName), "utf8").catch(() => null);
  const read = text === null ? null : plan.safeParse(JSON.parse(text)).data;
  return read != null && read.state === state ? read : null;
}

/** Written by a run that was cut off before the key was gone. */
async function certificateOf(
  out: string,
  { device, last }: Plan,
): Promise<{ path: string; jws: string | null } | null> {
  const path = join(out, `decommissioned-${device}.txt`);
  const text = await readFile(path, "utf8").catch(() => null);
  if (text === null || !text.includes(`${last.epoch}/${last.seq}.`)) return null;
  return { path, jws: /^ey[\w-]+\.[\w-]+\.[\w-]+$/m.exec(text)?.[0] ?? null };
}
