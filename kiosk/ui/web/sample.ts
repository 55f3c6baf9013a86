import type { Strip, View } from "../../core/view.ts";

/** Every view with fixed contents, so that anybody can look at the whole wall without a clock. Nobody here is real. */
export interface Sample {
  readonly id: string;
  readonly title: string;
  /** What it means and what to do, in one sentence: stands in docs/screens.md. */
  readonly means: string;
  /** Null is a page that lost its clock. */
  readonly view: View | null;
  readonly strip?: Partial<Strip>;
  readonly isDark?: boolean;
  readonly over?: "notice" | "drawer" | "outage";
}
