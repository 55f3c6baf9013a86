/**
 * Reads Prometheus' text format 0.0.4 and takes nothing that its grammar does not allow: what a collector would skip in
 * silence is an error here. https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: Sample[];
}

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const namePattern = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const sampleLine = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (-?[0-9.]+(?:e[+-]?\d+)?|NaN|[+-]Inf)$/;
const suffixes: Readonly<Record<string, readonly string[]>> = {
  counter: [""],
  gauge: [""],
  histogram: ["_bucket", "_sum", "_count"],
};

/** @throws Error naming the line. */
export function parseExposition(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  const families = new Map<string, Family>();
  let current: Family | null = null;
  let help: { readonly of: string; readonly text: string } | null = null;
  const seen = new Set<string>();
  for (const [at, line] of text.slice(0, -1).split("\n").entries()) {
    const wrong = (why: string): Error => new Error(`line ${at + 1}, ${why}: ${line}`);
    if (line === "") continue;
    const [, keyword, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (keyword === "HELP") {
      if (!namePattern.test(name) || rest.trim() === "") throw wrong("no help");
      help = { of: name, text: rest };
    } else if (keyword === "TYPE") {
      if (families.has(name) || help?.of !== name || suffixes[rest] === undefined) throw wrong("no type");
      current = { name, type: rest, help: help.text, samples: [] };
      families.set(name, current);
    } else {
      const sample = sampleOf(line);
      if (sample === null || current === null) throw wrong("no sample");
      const { name: family, type } = current;
      if (!(suffixes[type] ?? []).some((end) => sample.name === family + end)) throw wrong("of another family");
      const key = line.slice(0, line.lastIndexOf(" "));
      if (seen.has(key)) throw wrong("twice");
      seen.add(key);
      current.samples.push(sample);
    }
  }
  for (const family of families.values()) checkFamily(family);
  return families;
}

function sampleOf(line: string): Sample | null {
  const [, name, inside, value = ""] = sampleLine.exec(line) ?? [];
  if (name === undefined) return null;
  const labels: Record<string, string> = {};
  let rest = inside ?? "";
  while (rest !== "") {
    const [whole, key, text] = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/.exec(rest) ?? [];
    if (whole === undefined || key === undefined || text === undefined || key in labels) return null;
    labels[key] = text;
    rest = rest.slice(whole.length);
  }
  return { name, labels, value: value.endsWith("Inf") ? Number(`${value}inity`) : Number(value) };
}

function checkFamily({ name, type, samples }: Family): void {
  if (type === "counter" && !name.endsWith("_total"))
    throw new Error(`${name} is a counter and does not end in _total`);
  if (type === "counter" && samples.some(({ value }) => !(value >= 0))) throw new Error(`${name} counts below zero`);
  if (type !== "histogram") return;
  const of = (end: string) => samples.filter((sample) => sample.name === name + end);
  const buckets = of("_bucket");
  const bounds = buckets.map(({ labels }) => Number((labels.le ?? "").replace("+Inf", "Infinity")));
  const isAscending = bounds.every((bound, at) => at === 0 || bound > (bounds[at - 1] ?? bound));
  const counts = buckets.map(({ value }) => value);
  const isGrowing = counts.every((count, at) => at === 0 || count >= (counts[at - 1] ?? 0));
  const isWhole = bounds.at(-1) === Number.POSITIVE_INFINITY && counts.at(-1) === of("_count")[0]?.value;
  if (!isAscending || !isGrowing || !isWhole || of("_sum").length !== 1) throw new Error(`${name} is no histogram`);
}
