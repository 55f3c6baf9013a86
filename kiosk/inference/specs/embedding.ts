import { z } from "zod";
import { common, scale, square } from "./common.ts";

const point = z.tuple([z.number(), z.number()]);

const thresholds = z.strictObject({
  /** 1:1, after a badge or a code. */
  verify: z.number(),
  /** False match rate and the score two different people reach that rarely; the rarest last. */
  falseMatch: z.array(z.tuple([z.number().positive().max(1), z.number()])).min(1),
  /** Two frames of one track that are less alike than this are two people. */
  sameTrack: z.number(),
  /** Two frames of one enrolment likewise. */
  sameEnrolment: z.number(),
});

export const embedding = z
  .strictObject({
    kind: z.literal("embedding"),
    ...common,
    outputs: z.strictObject({ vector: z.string() }),
    align: z.discriminatedUnion("method", [
      /** Turned, scaled and shifted until the five points lie on these, in pixels of the input. */
      z.strictObject({ method: z.literal("similarity-5"), template: z.array(point).length(5) }),
      /** The detector's box, as for models that were trained on boxes. */
      z.strictObject({ method: z.literal("box"), square, scale }),
    ]),
    dimension: z.int().positive().max(4096),
    /** At an enrolment the face and its mirror image are averaged. */
    flip: z.boolean(),
    /** What the thresholds are given in. Vectors always get length 1 first, so that one follows from the other. */
    metric: z.enum(["cosine", "euclidean"]),
    /** Names the model and how it is fed: templates of another space are never compared. */
    spaceId: z.string().min(1),
    /** A match is made from the mean of this many frames. */
    matchFrames: z.int().positive().max(10),
    thresholds,
  })
  .transform(({ metric, ...rest }) => (metric === "cosine" ? rest : { ...rest, thresholds: cosines(rest.thresholds) }))
  .refine(({ thresholds: { verify, sameTrack, sameEnrolment, falseMatch } }) => {
    const all = [verify, sameTrack, sameEnrolment, ...falseMatch.map(([, cosine]) => cosine)];
    return all.every((cosine) => cosine >= -1 && cosine <= 1);
  }, "a threshold is no cosine (or no distance from 0 to 2)")
  .refine(
    ({ thresholds: { falseMatch } }) =>
      falseMatch.every(([rate, cosine], at) => {
        const before = falseMatch[at - 1];
        return before === undefined || (rate < before[0] && cosine > before[1]);
      }),
    "falseMatch goes from the most frequent to the rarest, each needing more likeness than the one before",
  );

/** Between vectors of length 1 the distance d and the cosine c tell the same: d² = 2 - 2c. */
function cosines(distances: z.infer<typeof thresholds>): z.infer<typeof thresholds> {
  // A distance beyond 2 cannot be; it becomes a cosine beyond -1 and is refused as such. So is one below 0.
  const cosine = (distance: number): number => (distance < 0 ? Number.NaN : 1 - distance ** 2 / 2);
  return {
    verify: cosine(distances.verify),
    falseMatch: distances.falseMatch.map(([rate, distance]) => [rate, cosine(distance)]),
    sameTrack: cosine(distances.sameTrack),
    sameEnrolment: cosine(distances.sameEnrolment),
  };
}

export type EmbeddingSpec = z.infer<typeof embedding>;
