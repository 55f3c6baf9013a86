import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { writeAtomically } from "../../kiosk/store/atomic.ts";

/** Stands beside the certificate while a clock is being ended: the folder itself remembers nothing by then. */
const planName = "decommission.json";
const plan = z.object({
  state: z.string(),
  device: z.string(),
  last: z.object({ epoch: z.int(), seq: z.int(), rh: z.string() }),
  told: z.array(z.string()),
  along: z.object({ punches: z.int(), path: z.string() }).nullable(),
});
export type Plan = z.output<typeof plan>;

export const keepPlan = (out: string, made: Plan): Promise<void> =>
  writeAtomically(join(out, planName), JSON.stringify(made), 0o644);

export const dropPlan = (out: string): Promise<void> => rm(join(out, planName), { force: true });

/** Null where none was made for this folder. */
export async function planIn(out: string, state: string): Promise<Plan | null> {
  const text = await readFile(join(out, planName), "utf8").catch(() => null);
  const read = text === null ? null : plan.safeParse(JSON.parse(text)).data;
  return read != null && read.state === state ? read : null;
}

/** Written by a run that was cut off before the key was gone. */
export async function certificateOf(
  out: string,
  { device, last }: Plan,
): Promise<{ path: string; jws: string | null } | null> {
  const path = join(out, `decommissioned-${device}.txt`);
  const text = await readFile(path, "utf8").catch(() => null);
  if (text === null || !text.includes(`${last.epoch}/${last.seq}.`)) return null;
  return { path, jws: /^ey[\w-]+\.[\w-]+\.[\w-]+$/m.exec(text)?.[0] ?? null };
}
