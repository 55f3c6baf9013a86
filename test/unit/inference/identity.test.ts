import { expect, test } from "vitest";
import type { ConsentId } from "../../../kiosk/core/consent.ts";
import { personId } from "../../../kiosk/core/person.ts";
import type { Template } from "../../../kiosk/core/ports/engine.ts";
import { openGallery } from "../../../kiosk/inference/gallery.ts";
import { claimOf, matchOf } from "../../../kiosk/inference/identity.ts";
import { readModels } from "../../../kiosk/inference/models.ts";
import { draftOf, likenesses } from "../../../kiosk/inference/template.ts";
import { openTracker } from "../../../kiosk/inference/track.ts";
import { normalised } from "../../../kiosk/inference/vector.ts";

const dimension = 8;
/** A direction in eight dimensions, of length 1. */
const towards = (...values: readonly number[]): Float32Array => {
  const vector = new Float32Array(dimension);
  vector.set(values);
  return normalised(vector);
};
const template = (person: string, ...vectors: readonly Float32Array[]): Template => ({
  person: personId(person),
  spaceId: "space",
  vectors,
  consentId: "c" as ConsentId,
  createdMs: 0,
  quality: 90,
  source: "camera",
});
const ann = template("p_0000000000000000000a", towards(1), towards(1, 0.3));
const ben = template("p_0000000000000000000b", towards(0, 1));
const cleo = template("p_0000000000000000000c", towards(1, 0, 0.7));
const galleryOf = (...templates: readonly Template[]) => {
  const gallery = openGallery("space", dimension);
  gallery.set(templates);
  return gallery;
};

function trackOf(...vectors: readonly Float32Array[]) {
  const tracker = openTracker({ gapMs: 500, idleGapMs: 800, sameTrack: -1, keep: 10, matchFrames: 3 });
  let track = tracker.place({ x: 0, y: 0, width: 1, height: 1 }, 0);
  for (const vector of vectors) track = tracker.add({ vector, live: 1, company: false });
  return track;
}

test("nobody is named before three frames agree, and one frame of another person begins the count anew", () => {
  const gallery = galleryOf(ann, ben);
  const [a, b] = [towards(1), towards(0, 1)];
  expect(matchOf(trackOf(), gallery, 3)).toBeNull();
  expect(matchOf(trackOf(a, a), gallery, 3)).toBeNull();
  expect(matchOf(trackOf(a, a, a), gallery, 3)).toMatchObject({ person: ann.person, agreeing: 3 });
  expect(matchOf(trackOf(a, a, a, b, a), gallery, 3)).toBeNull();
  expect(matchOf(trackOf(a, b, a, a, a, a), gallery, 3)?.agreeing).toBe(4);
});

test("in an empty gallery frames agree on nobody", () => {
  const nobody = { person: null, similarity: -1, margin: 2, agreeing: 3 };
  expect(matchOf(trackOf(towards(1), towards(1), towards(1)), galleryOf(), 3)).toEqual(nobody);
});

const rules = { matchFrames: 3, sameTrack: 0.4 };

test("a claim is told once enough frames in a row are each like the person, and never about somebody else", () => {
  const gallery = galleryOf(ann, ben);
  const [a, b] = [towards(1), towards(0, 1)];
  expect(claimOf(trackOf(a, a), gallery, ann.person, rules)).toBeNull();
  const seen = claimOf(trackOf(b, a, a, a), gallery, ann.person, rules);
  expect(seen).toMatchObject({ person: ann.person, agreeing: 3 });
  expect(seen?.similarity).toBeCloseTo(1, 5);
  expect(claimOf(trackOf(a, a, a), gallery, ben.person, rules)).toBeNull();
});

test("whoever has no template is told so at once", () => {
  const nobody = { person: cleo.person, similarity: -1, agreeing: 0 };
  expect(claimOf(trackOf(towards(1), towards(1), towards(1)), galleryOf(ann), cleo.person, rules)).toEqual(nobody);
});

test("the same person twice and a look-alike are both found, most alike first; the person's own old template is not", async () => {
  const { embedding } = await readModels();
  const twice = template("p_0000000000000000000d", towards(1, 0.05));
  // The threshold of four people is 0.5, and whoever is within 0.08 of it is alike.
  const alike = template("p_0000000000000000000e", towards(0.46, 0.89));
  const gallery = galleryOf(ann, alike, twice, template("p_0000000000000000000f", towards(0, 0, 1)));
  expect(likenesses([towards(1)], ann.person, gallery, embedding)).toEqual([
    { person: twice.person, level: "same" },
    { person: alike.person, level: "alike" },
  ]);
});

test("a likeness of one single frame counts as much as one of the mean", async () => {
  const { embedding } = await readModels();
  const found = likenesses([towards(0, 0, 1), towards(0, 1)], ann.person, galleryOf(ann, ben), embedding);
  expect(found).toEqual([{ person: ben.person, level: "same" }]);
});

test("a template is made of the frames that differ most, and its quality is their mean", () => {
  const vectors = Array.from({ length: 9 }, (_, at) => towards(1, 0.02 * at));
  const draft = draftOf(vectors.map((vector, at) => ({ vector, quality: 10 * at })));
  expect(draft.vectors).toHaveLength(6);
  const singles = draft.vectors.slice(1).map((vector) => vectors.indexOf(vector));
  expect(singles).toContain(0);
  expect(singles).toContain(8);
  expect(draft.quality).toBeCloseTo(singles.reduce((sum, at) => sum + 10 * at, 0) / 5, 9);
});
