import { interrupt, randomPlans } from "./interrupted.ts";
import { cutPower } from "./power.ts";

/**
 * `node test/update/torture.ts [KILLS] [SEED]`: interrupted updates, counted; exit code 1 where one ended badly.
 * `node test/update/torture.ts --power [CUTS] [SEED]`, as root: the same with the power cut instead of the process killed.
 */
const isPower = process.argv.includes("--power");
const [first, second] = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const kills = Number(first ?? 100);
const seed = Number(second ?? Date.now() % 1_000_000);
const begunMs = performance.now();
if (isPower) {
  const counts = await cutPower(kills, seed);
  if (counts === null) {
    process.stderr.write("Only root may mount a disk of its own; run as root to have it.\n");
    process.exit(2);
  }
  const { cuts, working, ended, bad } = counts;
  const found = [...counts.found].map(([what, count]) => `${what}: ${count}`).sort();
  process.stdout.write(
    `${working} of ${cuts} power cuts left a version that works; ${ended} of ${cuts} came to their end when they were ` +
      `left alone. Seed ${seed}, ${Math.round((performance.now() - begunMs) / 1000)} s.\nOn the disk: ` +
      `${found.join("; ")}\n${bad.map((one) => `BAD: ${one}\n`).join("")}`,
  );
  process.exit(working === cuts && ended === cuts ? 0 : 1);
}
const counts = await interrupt(kills, randomPlans(seed));
const at = [...counts.at].map(([where, count]) => `${where} ${count}`).join(", ");
const { working, updates, ended } = counts;
process.stdout.write(
  `${working} of ${kills} interrupted updates ended on a working version; ${ended} of ${updates} came to their end ` +
    `when they were left alone. Seed ${seed}, ${Math.round((performance.now() - begunMs) / 1000)} s.\nKilled at: ${at}\n${counts.bad.map((one) => `BAD: ${one}\n`).join("")}`,
);
process.exitCode = working === kills && ended === updates ? 0 : 1;
