import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { Fault } from "../../kiosk/core/fault.ts";

const conformanceCase = z.object({
  name: z.string(),
  kind: z.string(),
  note: z.string().optional(),
  input: z.unknown(),
  expect: z.union([z.strictObject({ ok: z.unknown() }), z.strictObject({ code: z.int() })]),
});

export interface ConformanceCase extends Readonly<z.infer<typeof conformanceCase>> {
  /** Its number in this run, from 1: what a verdict names. */
  readonly id: number;
  readonly file: string;
}

export const ownCases = join(import.meta.dirname, "../../test/conformance/cases");

/** @throws Fault where the folder holds no cases. */
export function readCases(directory: string): readonly ConformanceCase[] {
  let files: readonly string[];
  try {
    files = readdirSync(directory).filter((file) => file.endsWith(".json"));
  } catch (cause) {
    throw new Fault("eval-unusable", `no folder of cases at ${directory}`, "Name the folder with --cases.", cause);
  }
  const cases = files
    .toSorted()
    .flatMap((file) => read(join(directory, file)).map((one) => ({ ...one, file: basename(file, ".json") })));
  if (cases.length === 0) throw new Fault("eval-unusable", `no cases in ${directory}`, "Name the folder with --cases.");
  return cases.map((one, index) => ({ ...one, id: index + 1 }));
}

function read(file: string): readonly z.infer<typeof conformanceCase>[] {
  try {
    return z.array(conformanceCase).parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (cause) {
    throw new Fault("eval-unusable", `${file} is no list of cases`, "Take the folder as it was published.", cause);
  }
}
