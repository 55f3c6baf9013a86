import { dirname, join } from "node:path";
import { files, filesIn, linesWith, type Rule, text } from "./source.ts";

/** Rules about what stands in the files. This folder names what it forbids, so it is not asked. */
const code = (beginnings: readonly string[]): readonly string[] =>
  filesIn(beginnings, [".ts", ".tsx", ".mts", ".js"]).filter((file) => !file.startsWith("test/house"));

const written = files.filter((file) => !/\.(png|jpg|woff2|ico)$/.test(file) && !file.startsWith("test/house"));
const ourCode = ["kiosk/", "provisioning/", "bench/", "test/"];

const nowhere = (of: readonly string[], pattern: RegExp): readonly string[] =>
  of.flatMap((file) => linesWith(file, pattern));

export const wordRules: readonly Rule[] = [
  {
    rule: "No test is skipped, singled out or put off, and none replaces a module",
    why: "a test that does not run proves nothing and looks as if it did; a mock proves that the mock works",
    guards: ["test/unit/", "test/contract/", "test/crash/", "test/sim/", "test/e2e/", "test/process/"],
    broken: () =>
      nowhere(
        code(["test/"]),
        /\b(test|it|describe|suite)(\.\w+)*\.(skip|skipIf|runIf|only|todo|fails)\b|\bskip\(|\bvi\.(mock|doMock|hoisted|stub)/,
      ).filter(
        // A machine may lack what a test needs, such as root. Then the line says so, and the run's last line counts it.
        (line) => !/\bskip\("\w.{20,}"\)|\.skipIf\(.*\/\/ \w/.test(line),
      ),
  },
  {
    rule: "Nothing is typed `any`, and the compiler is never told to look away",
    why: "what crosses a boundary is parsed there, and inside the types are trusted",
    guards: ["kiosk/", "test/"],
    broken: () => nowhere(code(ourCode), /(?:[:<|,]|\bas)\s*any\b(?!["'\w\s]*\w)|@ts-(ignore|nocheck|expect-error)/),
  },
  {
    rule: "The kiosk never writes to the console",
    why: "whatever is said goes through one log that knows what must not be said",
    guards: ["kiosk/"],
    broken: () => nowhere(code(["kiosk/"]), /\bconsole\s*\./),
  },
  {
    rule: "Nobody but the gate calls a template consented",
    why: "an engine takes nothing else, so whatever claims it without asking would lead around people's word",
    guards: ["kiosk/core/consent/gate.ts"],
    broken: () =>
      nowhere(
        code(ourCode).filter((file) => file !== "kiosk/core/consent/gate.ts"),
        /\b(as|is)\s+(readonly\s+)?Consented\b|\bas\s+(unknown|never)\s+as\s+(readonly\s+)?Consented\b/,
      ),
  },
  {
    rule: "No package registry or mirror is named",
    why: "everybody fetches with their own npm, from where they trust; a company's host is nobody's business",
    guards: ["package.json", "README.md"],
    broken: () =>
      nowhere(
        written.filter((file) => !file.endsWith("package-lock.json")),
        /\b(registry|mirrors?|deb)\.[a-z0-9-]+\.[a-z]{2,}/i,
      ),
  },
  {
    rule: "No path of somebody's machine stands in a file",
    why: "what works only where it was written does not work",
    guards: ["package.json", "README.md"],
    broken: () => nowhere(written, /(?<![\w.}~-])\/(work|root|home|Users)\/\w/),
  },
  {
    rule: "No model of the kiosk guesses age, gender, feelings or origin",
    why: "a time clock needs to know who you are and nothing else about you",
    guards: ["kiosk/inference/models.json"],
    broken: () =>
      linesWith(
        "kiosk/inference/models.json",
        /gender|emotion|expression|ethnic|(?<![a-z])(age|sex|race|mood)(?![a-z])/i,
      ),
  },
  {
    rule: "Every relative link of a page leads to a file of the repository",
    why: "documentation that leads nowhere is not trusted where it is right",
    guards: ["README.md", "ARCHITECTURE.md", "docs/"],
    broken: () => filesIn([""], [".md"]).flatMap(deadLinks),
  },
];

function deadLinks(page: string): readonly string[] {
  const prose = text(page).replaceAll(/```[\s\S]*?```/g, "");
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)|\b(?:src|href)="([^"]+)"/g)].map(
    ([, one, other]) => one ?? other ?? "",
  );
  return links
    .filter((link) => !/^([a-z]+:|#)/i.test(link))
    .filter((link) => {
      const target = join(dirname(page), link.replace(/[#?].*$/, ""));
      return !files.some((file) => file === target || file.startsWith(`${target.replace(/\/$/, "")}/`));
    })
    .map((link) => `${page} links to ${link}`);
}
