import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Template } from "../../kiosk/core/ports/engine.ts";
import { type Gallery, openGallery } from "../../kiosk/inference/gallery.ts";
import { dot } from "../../kiosk/inference/vector.ts";
import { bound, compare, quantile, type Row, timed } from "../measure.ts";
import { openHumanMatcher, openUsearchMatcher } from "../peers/matchers.ts";
import { dimension, idOf, openDirections, spaceId, templateOf, templatesEach } from "../people.ts";

const many = 50_000;

/** Who of 50,000 people is this, against reading their floats once and against whoever else answers the same question. */
export async function measure(): Promise<readonly Row[]> {
  const { matrix, gallery } = crowd(many);
  const faces = facesOf(matrix, 60);
  const loop = { name: "a loop over the floats", nearest: (face: Float32Array) => nearestRow(matrix, face) };
  const [human, usearch] = [openHumanMatcher(matrix, dimension), openUsearchMatcher(matrix, dimension)];
  for (const face of faces.slice(0, 8)) {
    const person = gallery.search(face)?.person;
    // Human rounds its distances: among strangers its nearest may be another one.
    const rows = [loop, usearch].map(({ nearest }) => nearest(face));
    if (rows.some((row) => idOf(Math.floor(row / templatesEach)) !== person)) throw new Error("the searches disagree");
  }

  let turn = 0;
  // A vector of its own every time: one that was asked about before is answered from memory.
  const next = (): Float32Array => (faces[turn++ % faces.length] ?? new Float32Array(dimension)).slice();
  const what = `search ${many} people x 3 templates`;
  const copy = new Float32Array(matrix.length);
  const rows = [
    await compare({
      ...{ what: `${what}, p95`, against: "copying their floats once", reads: "cost", target: 1 },
      ...{ ours: () => gallery.search(next()), theirs: () => copy.set(matrix), rounds: 9, repeat: 40, counts: "p95" },
    }),
  ];
  for (const { name, nearest, target } of [
    { ...loop, target: 10 },
    { ...human, target: 20 },
    { ...usearch, target: 1.5 },
  ]) {
    const contest = { what, against: name, reads: "faster", target, rounds: 7, repeat: 4 } as const;
    rows.push(await compare({ ...contest, ours: () => gallery.search(next()), theirs: () => nearest(next()) }));
  }
  return [...rows, await comeAndGo(gallery), await tenThousand(), memory()];
}

/** One person comes and one goes while 50,000 are there; whoever waits for it waits this long. */
async function comeAndGo(gallery: Gallery): Promise<Row> {
  const directions = openDirections(3);
  const vectors = Array.from({ length: templatesEach }, () => directions.random(new Float32Array(dimension)));
  let number = gallery.size();
  const runs = await timed(() => {
    gallery.admit(templateOf(number, vectors));
    gallery.withdraw(idOf(number % 1_000));
    number += 1;
  }, 500);
  return bound("admit one and withdraw one of 50000, p95", quantile(runs, 0.95), 1, "ms");
}

async function tenThousand(): Promise<Row> {
  const { matrix, gallery } = crowd(10_000);
  const faces = facesOf(matrix, 500).values();
  const search = () => gallery.search(faces.next().value ?? new Float32Array(dimension));
  const slow: number[] = [];
  // Rounds, so that one burst of the neighbours on the machine does not count as ours.
  for (let round = 0; round < 10; round += 1) slow.push(quantile(await timed(search, 50), 0.95));
  return bound("search 10000 people x 3 templates, p95", quantile(slow, 0.5), 6, "ms");
}

/** In a process of its own, with the memory settings of `npm start`. */
function memory(): Row {
  const flags = ["--max-semi-space-size=1", "--expose-gc"];
  const script = `console.log((await import(${JSON.stringify(import.meta.url)})).residentMb())`;
  const answer = execFileSync(process.execPath, [...flags, "--input-type=module", "--eval", script], {
    env: { ...process.env, MALLOC_ARENA_MAX: "2" },
    encoding: "utf8",
  });
  const rawMb = (many * templatesEach * dimension * Float32Array.BYTES_PER_ELEMENT) / 2 ** 20;
  const row = bound(`resident memory of ${many} people`, Number(answer), rawMb, "MB", "their floats alone");
  return { ...row, target: 1.3 };
}

/** What a gallery of 50,000 adds to a process in which a small one has already been at work. */
export function residentMb(): number {
  const collect = (globalThis as { readonly gc?: () => void }).gc;
  const now = (): number => {
    collect?.();
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024;
  };
  const work = (people: number): Gallery => {
    const gallery = openGallery(spaceId, dimension);
    everybody(people, (template) => gallery.admit(template));
    const directions = openDirections(5);
    for (let n = 0; n < 50; n += 1) gallery.search(directions.random(new Float32Array(dimension)));
    return gallery;
  };
  work(200);
  const beforeMb = now();
  const gallery = work(many);
  const afterMb = now();
  if (gallery.size() !== many) throw new Error("somebody is missing");
  return afterMb - beforeMb;
}

/** The vectors of a template are those of the next one too: who keeps them copies them. */
function everybody(people: number, meet: (template: Template, number: number) => void): void {
  const directions = openDirections(1);
  const vectors = Array.from({ length: templatesEach }, () => new Float32Array(dimension));
  const [first = new Float32Array(dimension), ...rest] = vectors;
  for (let number = 0; number < people; number += 1) {
    directions.random(first);
    for (const vector of rest) directions.beside(vector, first, 0.7);
    meet(templateOf(number, vectors), number);
  }
}

function crowd(people: number) {
  const gallery = openGallery(spaceId, dimension);
  const matrix = new Float32Array(people * templatesEach * dimension);
  everybody(people, (template, number) => {
    gallery.admit(template);
    template.vectors.forEach((vector, at) => {
      matrix.set(vector, (number * templatesEach + at) * dimension);
    });
  });
  return { gallery, matrix };
}

/** Every second one belongs to somebody (cosine about 0.6 with a template); the others are strangers, the harder case. */
function facesOf(matrix: Float32Array, count: number): readonly Float32Array[] {
  const directions = openDirections(2);
  return Array.from({ length: count }, (_, number) => {
    const face = new Float32Array(dimension);
    if (number % 2 === 1) return directions.random(face);
    const start = Math.floor((matrix.length / dimension / count) * number) * dimension;
    return directions.beside(face, matrix.subarray(start, start + dimension), 1.3);
  });
}

/** What every search must say, the plain way. */
function nearestRow(matrix: Float32Array, face: Float32Array): number {
  let best = -1;
  let most = -Infinity;
  for (let row = 0; row * dimension < matrix.length; row += 1) {
    const cosine = dot(face, matrix, row * dimension);
    if (cosine <= most) continue;
    most = cosine;
    best = row;
  }
  return best;
}
