import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { meets, type Row } from "./measure.ts";

/**
 * `npm run bench`: one table for people, one JSON file for programs. Exit 1 when a row misses its target.
 * `npm run bench -- store` runs the rows of one file only.
 */
const files = [
  "recognition",
  "gallery",
  "sealing",
  "pace",
  "store",
  "retention",
  "tap",
  "queue",
  "roster",
  "receiver",
  "uplink",
  "fleet",
  "process",
  "page",
  "day",
  "flood",
] as const;
const wanted = process.argv.slice(2);
const rows: Row[] = [];
for (const file of files) {
  if (wanted.length > 0 && !wanted.includes(file)) continue;
  const { measure } = (await import(`./rows/${file}.ts`)) as { readonly measure: () => Promise<readonly Row[]> };
  for (const row of await measure()) {
    rows.push(row);
    console.log(lineOf(row));
  }
}
const results = join(import.meta.dirname, "results");
await mkdir(results, { recursive: true });
await writeFile(
  join(results, "latest.json"),
  `${JSON.stringify({ node: process.version, arch: process.arch, rows }, null, 2)}\n`,
);
process.exitCode = rows.every(meets) ? 0 : 1;

function lineOf(row: Row): string {
  const { what, ours, theirs, against, unit, ratio, range, reads, target } = row;
  const goal = reads === "faster" ? `≥ ${target}` : `≤ ${target}`;
  const mark = meets(row) ? "✓" : "✗";
  const numbers = `${ours.toFixed(2)} ${unit} against ${theirs.toFixed(2)} ${unit}`;
  const spread = `${range[0].toFixed(2)}..${range[1].toFixed(2)}`;
  return `${mark} ${what}: ${ratio.toFixed(2)}x (${spread}, wanted ${goal})\n    ${numbers}, ${against}`;
}
