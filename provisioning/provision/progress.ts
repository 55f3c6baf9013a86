import { readFile } from "node:fs/promises";
import { z } from "zod";
import { Fault } from "../../kiosk/core/fault.ts";
import { stepNames } from "./news.ts";

/** What a set-up remembers between two runs, whatever cut the first one short: one file, replaced whole. */
const progress = z.strictObject({
  v: z.literal(1),
  /** The ticket's text, a secret until it is burnt; null again when all is done. */
  ticket: z.string().nullable(),
  /** True where it came by the network, so that the authority is to be reached by it. */
  jti: z.string().nullable(),
  isAnchored: z.boolean(),
  /** A certificate of this ticket lies on the disk. */
  isCertified: z.boolean(),
  areWordsSame: z.boolean(),
  /** As the settings shall say it. */
  camera: z.string().nullable(),
  reader: z.string().nullable(),
  assets: z.string().nullable(),
  broker: z.string().nullable(),
  /** Steps that were proved by use, which a second run need not ask for again. */
  proved: z.array(z.enum(stepNames)).readonly(),
});
export type Progress = Readonly<z.infer<typeof progress>>;

const noProgress: Progress = {
  ...{ v: 1, ticket: null, jti: null, isAnchored: false, isCertified: false, areWordsSame: false },
  ...{ camera: null, reader: null, assets: null, broker: null, proved: [] },
};

/** @throws Fault `config-invalid` where the file is there and damaged. */
export async function readProgress(path: string): Promise<Progress> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (text === null) return noProgress;
  try {
    return progress.parse(JSON.parse(text));
  } catch (cause) {
    const remedy = "Remove that file and begin again with a new ticket.";
    throw new Fault("config-invalid", `${path} cannot be read`, remedy, cause);
  }
}
