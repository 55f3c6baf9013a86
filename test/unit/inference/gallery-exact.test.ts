import fc from "fast-check";
import { expect, test } from "vitest";
import type { PersonId } from "../../../kiosk/core/person.ts";
import { type Kernel, openKernel, plainKernel } from "../../../kiosk/inference/gallery/kernel.ts";
import { type Found, openGallery, type Resemblance } from "../../../kiosk/inference/gallery.ts";
import { dot, normalised } from "../../../kiosk/inference/vector.ts";
import { idOf, noise, templateOf } from "./gallery-people.ts";

/** Whatever the gallery does to be quick, it answers as this does: a loop over all the floats. */
class Loop {
  readonly #templates = new Map<PersonId, readonly Float32Array[]>();

  admit(person: PersonId, vectors: readonly Float32Array[]): void {
    this.#templates.delete(person);
    this.#templates.set(person, vectors);
  }

  withdraw(person: PersonId): void {
    this.#templates.delete(person);
  }

  similarity(vector: Float32Array, person: PersonId): number {
    return Math.max(...(this.#templates.get(person) ?? []).map((its) => dot(vector, its)));
  }

  ranked(vector: Float32Array): readonly Resemblance[] {
    const people = [...this.#templates.keys()].map((person) => ({
      person,
      similarity: this.similarity(vector, person),
    }));
    return people.toSorted((a, b) => b.similarity - a.similarity);
  }

  search(vector: Float32Array): Found | null {
    const [first, second] = this.ranked(vector);
    return first === undefined ? null : { ...first, margin: second ? first.similarity - second.similarity : 2 };
  }
}

/** How a vector is made: the kinds that coding to eight bits treats worst are as likely as faces are. */
const shapes = ["noise", "axis", "level", "alternating", "spike", "copy", "nudged", "opposite"] as const;
const sketch = fc.record({ shape: fc.constantFrom(...shapes), seed: fc.nat(1e6) });
type Sketch = typeof sketch extends fc.Arbitrary<infer T> ? T : never;

function vectorOf({ shape, seed }: Sketch, dimension: number, earlier: readonly Float32Array[]): Float32Array {
  const random = noise(seed);
  const sign = seed % 2 === 0 ? 1 : -1;
  const like = earlier[seed % Math.max(1, earlier.length)] ?? random(dimension);
  const at = seed % dimension;
  switch (shape) {
    case "noise":
      return random(dimension);
    case "axis":
      return new Float32Array(dimension).fill(sign, at, at + 1);
    case "level":
      return normalised(new Float32Array(dimension).fill(sign));
    case "alternating":
      return normalised(new Float32Array(dimension).map((_, n) => (n % 2 === 0 ? sign : -sign)));
    case "spike":
      // One large number leaves a coarse scale for the small ones, each of them half a step: the largest error there is.
      return normalised(new Float32Array(dimension).fill(0.5 / 127).fill(sign, at, at + 1));
    case "copy":
      return like.slice();
    case "nudged":
      return normalised(like.map((value, n) => (n === at ? value + sign * 10 ** -(1 + (seed % 6)) : value)));
    case "opposite":
      return like.map((value) => -value);
  }
}

const change = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("admit"),
      who: fc.nat(9),
      looks: fc.array(sketch, { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("withdraw"), who: fc.nat(9), looks: fc.constant([]) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("set"), who: fc.nat(9), looks: fc.array(sketch, { maxLength: 9 }) }),
  },
);

const kernels: readonly (readonly [string, () => Kernel])[] = [
  ["WebAssembly", openKernel],
  ["plain", plainKernel],
];

test.each(kernels)("on the %s kernel, every answer is that of a loop over all the floats", (_name, kernel) => {
  const dimensions = fc.constantFrom(1, 2, 3, 5, 15, 16, 17, 31, 33, 128, 512, 1024);
  const scene = fc.record({
    dimension: dimensions,
    changes: fc.array(change, { minLength: 1, maxLength: 25 }),
    faces: fc.array(sketch, { minLength: 1, maxLength: 4 }),
    cosine: fc.double({ min: -1, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(scene, ({ dimension, changes, faces, cosine }) => {
      const gallery = openGallery("space", dimension, kernel());
      const made: Float32Array[] = [];
      let loop = new Loop();
      const make = (look: Sketch): Float32Array => {
        const vector = vectorOf(look, dimension, made);
        made.push(vector);
        return vector;
      };
      for (const { do: what, who, looks } of changes) {
        if (what === "withdraw") {
          gallery.withdraw(idOf(who));
          loop.withdraw(idOf(who));
        } else if (what === "admit") {
          const vectors = looks.map(make);
          gallery.admit(templateOf(idOf(who), vectors));
          loop.admit(idOf(who), vectors);
        } else {
          loop = new Loop();
          const everybody = looks.map((look, n) => templateOf(idOf(n), [make(look)]));
          gallery.set(everybody);
          for (const { person, vectors } of everybody) loop.admit(person, vectors);
        }
      }
      for (const face of faces.map(make)) {
        const found = loop.search(face);
        expect(gallery.search(face)).toEqual(found);
        const ranked = loop.ranked(face);
        expect(gallery.size()).toBe(ranked.length);
        for (const { person, similarity } of ranked) expect(gallery.similarity(face, person)).toBe(similarity);
        // Also a floor that somebody stands on exactly.
        for (const floor of [cosine, found?.similarity ?? 0]) {
          expect(gallery.alike(face, floor)).toEqual(ranked.filter(({ similarity }) => similarity >= floor));
        }
      }
    }),
    { numRuns: 1000 },
  );
});

test("people who differ by less than their codes can tell are told apart all the same", () => {
  const random = noise(7);
  const face = random(512);
  const gallery = openGallery("space", 512);
  const loop = new Loop();
  for (let n = 0; n < 400; n += 1) {
    const aside = random(512);
    const vector = normalised(face.map((value, at) => value + 1e-4 * (aside[at] ?? 0)));
    gallery.admit(templateOf(idOf(n), [vector]));
    loop.admit(idOf(n), [vector]);
  }
  expect(gallery.search(face)).toEqual(loop.search(face));
  expect(gallery.alike(face, -1)).toEqual(loop.ranked(face));
});

test("thousands come and go, the memory grows meanwhile, and the answers stay those of a loop", () => {
  const random = noise(11);
  const gallery = openGallery("space", 512);
  const loop = new Loop();
  for (let n = 0; n < 1_500; n += 1) {
    const vectors = [random(512), random(512), random(512)];
    gallery.admit(templateOf(idOf(n), vectors));
    loop.admit(idOf(n), vectors);
    if (n % 3 !== 0) continue;
    gallery.withdraw(idOf(n / 3));
    loop.withdraw(idOf(n / 3));
  }
  expect(gallery.size()).toBe(1_000);
  for (let n = 0; n < 10; n += 1) {
    const face = random(512);
    expect(gallery.search(face)).toEqual(loop.search(face));
    expect(gallery.alike(face, 0.1)).toEqual(loop.ranked(face).filter(({ similarity }) => similarity >= 0.1));
  }
});

test.each([512, 1024, 4096, 8192])("the largest sums of %i products fit in their integers", (dimension) => {
  const level = normalised(new Float32Array(dimension).fill(1));
  const gallery = openGallery("space", dimension);
  gallery.set([
    templateOf(idOf(0), [level.map((value) => -value)]),
    templateOf(idOf(1), [noise(1)(dimension)]),
    templateOf(idOf(2), [level]),
  ]);
  expect(gallery.search(level)?.person).toBe(idOf(2));
  expect(gallery.search(level.map((value) => -value))?.person).toBe(idOf(0));
  expect(gallery.alike(level, 0.5).map(({ person }) => person)).toEqual([idOf(2)]);
});

test("a search looks at the floats of one row in fifty at most", () => {
  const kernel = openKernel();
  let stops = 0;
  const counting: Kernel = {
    ...kernel,
    scan: (...question) => {
      stops += 1;
      return kernel.scan(...question);
    },
  };
  const random = noise(3);
  const gallery = openGallery("space", 512, counting);
  const people = Array.from({ length: 2_000 }, (_, n) => templateOf(idOf(n), [random(512), random(512), random(512)]));
  gallery.set(people);
  for (let n = 0; n < 10; n += 1) gallery.search(random(512));
  expect(stops / 10).toBeLessThan(6_000 / 50);
});
