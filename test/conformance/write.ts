import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { jsonText } from "../../provisioning/conform/json-text.ts";
import { caseFiles } from "./make/all.ts";
import { readCases, sameCases } from "./read.ts";

/** Makes the case files anew: `node test/conformance/write.ts`. Leaves alone what would say the same. */
const directory = join(import.meta.dirname, "cases");
mkdirSync(directory, { recursive: true });
for (const [name, cases] of Object.entries(caseFiles)) {
  const file = join(directory, `${name}.json`);
  if (!sameCases(readCases(file), cases)) writeFileSync(file, jsonText(cases));
}
