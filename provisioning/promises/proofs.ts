import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";

/** A test that proves promises: its name begins with their ids. */
export interface Proof {
  readonly ids: readonly string[];
  /** The rest of its name, after that of the group it stands in: the behaviour. */
  readonly behaviour: string;
  /** Below the repository. */
  readonly file: string;
  /** What a line `// measured: …` above the test says; null where there is none. */
  readonly measured: string | null;
}

const id = "(?:EC|SC|IC|AR|OH)-\\d+|(?:P|L|H|V|S|O|B|X)\\d+";
const named = new RegExp(`^((?:(?:${id})[ ,:]+)+)(.*)$`, "s");
const written =
  /(?:^[ \t]*\/\/ measured: ([^\n]*)\n)?^([ \t]*)test(?:\.(?:each|for)\([^\n]*\))?\(\s*(["`])((?:\\.|(?!\3).)*)\3/gms;
const group = /^describe\(\s*"((?:\\.|[^"])*)"/gms;

/** Of all tests of the repository, wherever they stand. */
export async function proofsIn(root: string): Promise<readonly Proof[]> {
  const files: string[] = [];
  for await (const file of glob("test/**/*.test.ts", { cwd: root })) files.push(file);
  files.sort();
  const found = await Promise.all(files.map(async (file) => proofsOf(await readFile(join(root, file), "utf8"), file)));
  return found.flat();
}

export function proofsOf(text: string, file: string): readonly Proof[] {
  const groups = [...text.matchAll(group)];
  return [...text.matchAll(written)].flatMap((found): readonly Proof[] => {
    const [, measured, indent, , name = ""] = found;
    const [, ids, behaviour] = named.exec(name.replaceAll("\\", "")) ?? [];
    if (ids === undefined || behaviour === undefined) return [];
    const about = indent === "" ? undefined : groups.findLast((one) => one.index < found.index)?.[1];
    return [
      {
        ids: ids.match(new RegExp(id, "g")) ?? [],
        behaviour: [about, behaviour.trim()].filter((part) => part !== undefined).join(" "),
        ...{ file, measured: measured ?? null },
      },
    ];
  });
}
