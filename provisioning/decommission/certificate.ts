import { join } from "node:path";
import { signJws } from "../../kiosk/core/jws.ts";
import type { DeviceSigner } from "../../kiosk/host/signer.ts";
import { writeAtomically } from "../../kiosk/store/atomic.ts";
import type { Destroyed } from "../package/wipe/destroy.ts";
import type { Needles, Scan } from "./needles.ts";
import type { Plan } from "./plan.ts";

/** What was seen when it was over. */
export interface Seen {
  /** Null: the key had gone before, in a run that was cut short. */
  readonly signer: DeviceSigner | null;
  readonly needles: Needles;
  readonly scans: readonly Scan[];
  readonly gone: Destroyed;
}

/** What a certificate says of the erasure. Counts only: it is handed around. */
export const saidOf = ({ signer, needles, scans, gone }: Seen) => ({
  key: signer?.publicJwk ?? null,
  endedAt: new Date().toISOString(),
  destroyed: { keys: gone.keys, files: gone.files, bytes: gone.bytes },
  scanned: { needles: needles.pieces.length, places: scans.length, bytes: sum(scans), found: 0 },
});

/** As its last act: compact JWS, typ `lintel-wip+jws`. */
export const signWipe = (said: object, signer: DeviceSigner): string =>
  signJws("lintel-wip+jws", JSON.stringify(said), signer).jws;

/** Writes it for people, with the signed part at its end. */
export async function certify(
  out: string,
  { device, last, told, along }: Plan,
  seen: Seen,
): Promise<{ readonly certificate: string; readonly jws: string | null }> {
  const { signer, gone } = seen;
  const said = { v: 1, device, last, told, along: along?.punches ?? 0, ...saidOf(seen) };
  const jws = signer === null ? null : signWipe(said, signer);
  const certificate = join(out, `decommissioned-${device}.txt`);
  const lines = [
    `Clock ${device} was ended at ${said.endedAt} by its own time. Its last record is ${last.epoch}/${last.seq}.`,
    told.length === 0 ? "No receiver receipted that record." : `Receipted by: ${told.join(", ")}.`,
    `${said.along} punches without a receipt were taken along, sealed.`,
    `Overwritten and unlinked: ${gone.keys} keys first, then ${gone.files - gone.keys} files of ${gone.bytes} bytes together.`,
    `${said.scanned.needles} pieces of what was there were looked for in ${said.scanned.bytes} bytes of ${seen.scans.length} disks or files: none was met.`,
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
