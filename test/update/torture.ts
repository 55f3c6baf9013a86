import { interrupt, randomPlans } from "./interrupted.ts";

/** `node test/update/torture.ts [KILLS] [SEED]`: interrupted updates, counted; exit code 1 where one ended badly. */
const kills = Number(process.argv[2] ?? 100);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
const begunMs = performance.now();
const counts = await interrupt(kills, randomPlans(seed));
const at = [...counts.at].map(([where, count]) => `${where} ${count}`).join(", ");
const { working, updates, ended } = counts;
process.stdout.write(
  `${working} of ${kills} interrupted updates ended on a working version; ${ended} of ${updates} came to their end ` +
    `when they were left alone. Seed ${seed}, ${Math.round((performance.now() - begunMs) / 1000)} s.\nKilled at: ${at}\n${counts.bad.map((one) => `BAD: ${one}\n`).join("")}`,
);
process.exitCode = working === kills && ended === updates ? 0 : 1;
