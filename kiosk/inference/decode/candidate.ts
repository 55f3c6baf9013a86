/** What a detector proposes, before anything is compared. All coordinates are fractions of the model's input. */
export interface Candidate {
  /** Probability that this is a face, in [0, 1]. */
  readonly score: number;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  /** Left eye, right eye, nose, left and right corner of the mouth, as in the picture: x, y each. Null where not told. */
  readonly five: readonly number[] | null;
}

/** The outputs of one run by their names, and the size of the picture the model was shown. */
export interface Outputs {
  readonly values: (name: string) => Float32Array;
  readonly width: number;
  readonly height: number;
}

/** A grid of cells over the input, row by row. */
export interface Grid {
  readonly columns: number;
  readonly rows: number;
}

/** Cells at the right and lower border may reach beyond an input that is no multiple of the stride. */
export const gridOf = (stride: number, { width, height }: Pick<Outputs, "width" | "height">): Grid => ({
  columns: Math.ceil(width / stride),
  rows: Math.ceil(height / stride),
});
