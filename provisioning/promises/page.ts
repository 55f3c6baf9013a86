import { promiseGroups } from "./catalogue.ts";
import { limits } from "./limits.ts";
import type { Proof } from "./proofs.ts";

/** docs/privacy.md: what was promised, what the clock does, and which test shows it. */
export function privacyPage(proofs: readonly Proof[], checked: ReadonlyMap<string, string>): string {
  const sections = promiseGroups.flatMap(({ name, about, promises }) => [
    `## ${name}${about === "" ? "" : `: ${about}`}`,
    "",
    "| promise | in our words | what is proved | test | measured | on a running clock | what is not |",
    "|---|---|---|---|---|---|---|",
    ...promises.map(({ id, sentence }) => {
      const mine = proofs.filter(({ ids }) => ids.includes(id));
      const behaviours = mine.map(({ behaviour }) => behaviour).join("; ");
      const tests = [...new Set(mine.map(({ file }) => `[${nameOf(file)}](../${file})`))].join(", ");
      const measured = mine.flatMap((proof) => (proof.measured === null ? [] : [proof.measured])).join("; ");
      return `| ${[id, sentence, behaviours, tests, measured, checked.get(id) ?? "", limits[id] ?? ""].map(cell).join(" | ")} |`;
    }),
    "",
  ]);
  const known = new Set(promiseGroups.flatMap(({ promises }) => promises.map(({ id }) => id)));
  const proved = [...known].filter((id) => proofs.some(({ ids }) => ids.includes(id))).length;
  const summary = `${proved} of ${known.size} promises have a test, ${checked.size} are looked at by \`lintel selfcheck\`; the others say in the last column why not.`;
  return [...introduction, summary, "", ...sections].join("\n");
}

const introduction = [
  "# Privacy: what is promised, and what shows it",
  "",
  "<!-- Made by `node provisioning/privacy-page.ts` from the names of the tests. Do not edit. -->",
  "",
  "A promise about people's data is worth as much as the thing that breaks when it is broken. Here that is a test. The",
  "left side of each table says in our words what a seller of clocks once promised, or the law asks for; the right side is",
  "what the software is seen to do, in the words of the test that sees it, with a link to it. The last column says what is",
  "not kept, is kept by others, or is kept without a test that shows all of it.",
  "",
  "Tests show what the software does on the machine that runs them. Whether a promise holds on your clock, with your",
  "settings, at this moment, is asked of that clock: `lintel selfcheck` answers for each promise whether it holds, does not,",
  "or cannot be seen from there, and how it looked. What the clock is set to do is written down for the record of",
  "processing by `lintel dpia`.",
  "",
];

const nameOf = (file: string): string => file.replace(/^.*\//, "").replace(/\.test\.ts$/, "");

const cell = (text: string): string => text.replaceAll("|", "\\|");
