import { z } from "zod";

/**
 * What `lintel eval ... --json` prints. Aggregates only: no name, no file, no score of a single picture. Rates are in
 * [0, 1]; terms are those of ISO/IEC 19795-1 (recognition) and ISO/IEC 30107-3 (presentation attacks).
 */

const rate = z.number().min(0).max(1);
const count = z.int().nonnegative();
const interval = z.tuple([rate, rate]).readonly();

const proportion = z.strictObject({
  errors: count,
  trials: count,
  rate: rate.nullable(),
  /** 95 %, Clopper-Pearson, as if every trial were independent of the others. */
  interval,
  /** With no error seen: the true rate is below this, 95 % sure. */
  ruleOfThree: rate.nullable(),
});

const about = {
  measuredAt: z.iso.datetime(),
  /** What was measured: the release, the runtime, and the models by file and hash of the file. */
  release: z.string(),
  node: z.string(),
  models: z.array(z.strictObject({ kind: z.string(), file: z.string(), sha256: z.string() })).readonly(),
  spaceId: z.string(),
};

const system = z.strictObject({
  name: z.string(),
  /** Failure to enrol: pictures from which no template came. */
  fte: proportion,
  genuinePairs: count,
  impostorPairs: count,
  auc: rate.nullable(),
  eer: z.strictObject({ rate, threshold: z.number() }).nullable(),
  points: z
    .array(
      z.strictObject({
        fmrTarget: rate,
        threshold: z.number(),
        fmr: proportion,
        fnmr: proportion,
        /** True accept rate: 1 - FNMR. */
        tar: rate,
        /**
         * 95 % over people (bootstrap), since pairs of one person are not independent. Null with fewer than ten people,
         * and where nothing was missed.
         */
        tarInterval: interval.nullable(),
        /** The same, every genuine pair with a picture that gave no template counted as missed. */
        tarOfAll: rate,
        /** 30 false matches or more stand behind the threshold. */
        isWellSupported: z.boolean(),
      }),
    )
    .readonly(),
  /** threshold, FMR, FNMR, strictest first. */
  curve: z.array(z.tuple([z.number(), rate, rate])).readonly(),
  /** Shares of the pairs per step of 0.02 from -1 to 1. */
  histogram: z.strictObject({ genuine: z.array(rate).readonly(), impostors: z.array(rate).readonly() }),
});

const search = z.strictObject({
  templates: z.union([z.literal(1), z.literal(3)]),
  people: count,
  fpirTarget: rate,
  /** What the kiosk would ask for with so many people enrolled. */
  threshold: z.number(),
  margin: z.number(),
  /** Closed set: somebody else was more alike. */
  rankOneErrors: proportion,
  /** Mated searches that did not name the person: by the threshold alone, and with the margin as well. */
  fnirByThreshold: proportion,
  fnir: proportion,
  /** Mated searches that named somebody else. */
  misnamed: proportion,
  /** Searches for somebody who is not enrolled that named one: by the threshold alone, and with the margin as well. */
  fpirByThreshold: proportion,
  fpir: proportion,
});

export const facesResult = z.strictObject({
  schema: z.literal("lintel.eval.faces/1"),
  ...about,
  set: z.strictObject({
    people: count,
    /** People with two pictures or more: only they make genuine pairs. */
    peopleRepeated: count,
    pictures: count,
    /** Files of other kinds, links, folders within folders. */
    ignored: count,
    padding: z.union([z.literal("auto"), rate]),
    padded: count,
  }),
  failures: z.strictObject({ unreadable: count, "no-face": count, "no-description": count }),
  /** Ours first, then the peers. */
  systems: z.array(system).min(1).readonly(),
  searches: z.array(search).readonly(),
});

const reasons = z.record(z.string(), count);

const species = z.strictObject({
  name: z.string(),
  presentations: count,
  /** Presentations from which no score came (BPNRR, APNRR). */
  nonResponse: proportion,
  /** Why, as the screen would have said it. */
  reasons,
  /**
   * One score per classified presentation, ascending: the highest that the mean over the track reached from the frames
   * the manifest asks for on, since the kiosk acts as soon as it is enough.
   */
  scores: z.array(rate).readonly(),
  /** Classified presentations judged wrongly: APCER for an attack, BPCER for living people. */
  atLiveMin: proportion,
  atLiveSure: proportion,
});

export const livenessResult = z.strictObject({
  schema: z.literal("lintel.eval.liveness/1"),
  ...about,
  liveMin: rate,
  liveSure: rate,
  /** Frames of one track before there is a score. */
  frames: count,
  ignored: count,
  live: species.nullable(),
  attacks: z.array(species).readonly(),
  /** The attack with the highest APCER at liveSure: it governs (ISO/IEC 30107-3). */
  worst: z.string().nullable(),
  /** Light and size of living faces, for the advice: medians, and how many presentations they are from. */
  conditions: z.strictObject({ presentations: count, luma: z.number().nullable(), widthShare: rate.nullable() }),
  /** What the numbers mean and what to do, in sentences. */
  advice: z.array(z.string()).readonly(),
});

export type FacesResult = z.infer<typeof facesResult>;
export type SystemResult = FacesResult["systems"][number];
export type SearchResult = FacesResult["searches"][number];
export type LivenessResult = z.infer<typeof livenessResult>;
export type SpeciesResult = LivenessResult["attacks"][number];
