import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** A test that proves promises: its name begins with their ids. */
export interface Proof {
  readonly ids: readonly string[];
  /** The rest of its name: the behaviour. */
  readonly behaviour: string;
  /** Below the repository. */
  readonly file: string;
  /** What a line `// measured: …` above the test says; null where there is none. */
  readonly measured: string | null;
}

const folder = "test/promises";
const id = "(?:EC|SC|IC|AR|OH)-\\d+|(?:P|L|H|V|S|O|B|X)\\d+";
const named = new RegExp(`^((?:(?:${id})[ ,:]*)+)(.*)$`, "s");
const written =
  /(?:^[ \t]*\/\/ measured: ([^\n]*)\n)?^[ \t]*test(?:\.each\([^\n]*\))?\(\s*(["`])((?:\\.|(?!\2).)*)\2/gms;

export async function proofsIn(root: string): Promise<readonly Proof[]> {
  const names = (await readdir(join(root, folder))).filter((name) => name.endsWith(".test.ts")).sort();
  const files = await Promise.all(
    names.map(async (name) => ({ file: `${folder}/${name}`, text: await readFile(join(root, folder, name), "utf8") })),
  );
  return files.flatMap(({ file, text }) => proofsOf(text, file));
}

export function proofsOf(text: string, file: string): readonly Proof[] {
  return [...text.matchAll(written)].flatMap(([, measured, , name = ""]): readonly Proof[] => {
    const [, ids, behaviour] = named.exec(name.replaceAll("\\", "")) ?? [];
    if (ids === undefined || behaviour === undefined) return [];
    return [
      { ids: ids.match(new RegExp(id, "g")) ?? [], behaviour: behaviour.trim(), file, measured: measured ?? null },
    ];
  });
}
