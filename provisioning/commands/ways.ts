import type { Command } from "commander";
import type { EvenWays } from "../../kiosk/core/even-ways.ts";
import { evenWaysAnswer } from "../../kiosk/desk/messages.ts";
import { askDesk } from "../desk-client.ts";
import { print, printJson } from "./print.ts";

export function addWays(program: Command): void {
  program
    .command("ways")
    .summary("how long each way in takes people at this clock: face, badge, PIN, pass")
    .description(
      "For whoever looks after those who do not give their face: sums of the newest days, of nobody in particular. Ends " +
        "with 1 where whoever keeps their face to themselves waits more than half as long again, or is refused more often.",
    )
    .option("--state <dir>", "state folder of the clock", "state")
    .option("--json", "print it for a program")
    .action(async ({ state: directory, json }: { readonly state: string; readonly json?: boolean }) => {
      const found = await askDesk({ directory, request: { ask: "ways" }, answer: evenWaysAnswer });
      if (json) printJson(found);
      else print(linesOf(found));
      if (found.uneven.length > 0) process.exitCode = 1;
    });
}

const nameOf = { face: "face", badge: "badge", pin: "PIN", qr: "pass" } as const;
const remedyOf = {
  slower:
    "takes more than half as long again as a face. Find out what they wait for: a face that is wanted too, a full disk, a reader that is hard to find.",
  "refused-more": "is refused clearly more often than a face. Find out whose cards, PINs or passes are not known.",
} as const;

function linesOf({ days, ways, uneven }: EvenWays): string {
  const rows = (["face", "badge", "pin", "qr"] as const).map((way) => {
    const found = ways.find((one) => one.way === way);
    if (found === undefined) return `${nameOf[way].padEnd(6)} too few people to tell`;
    const { medianMs, served, refused } = found;
    const all = served + refused;
    const took = `half of them within ${(medianMs / 1000).toFixed(2)} s`;
    return `${nameOf[way].padEnd(6)} ${took}; ${refused} of ${all} visits in vain (${Math.round((100 * refused) / all)} %)`;
  });
  const canCompare = ways.length > 1 && ways.some(({ way }) => way === "face");
  const even = canCompare
    ? "Whoever keeps their face to themselves loses nothing by it."
    : "A face and another way are needed to compare.";
  const verdict = uneven.length === 0 ? [even] : uneven.map(({ way, is }) => `${nameOf[way]}: ${remedyOf[is]}`);
  return [`The last ${days} days:`, ...rows, ...verdict].join("\n");
}
