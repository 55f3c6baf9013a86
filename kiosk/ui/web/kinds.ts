import type { View } from "../../core/view.ts";

/** Names for the parts of a Screenful that views pass around. */
export type At = View["at"];
export type ViewOf<A extends At> = Extract<View, { at: A }>;
export type Problem = NonNullable<ViewOf<"look">["problem"]>;
export type Step = ViewOf<"starting">["step"];
export type ChallengeKind = NonNullable<ViewOf<"look">["challenge"]>["kind"];
export type Pose = ViewOf<"enrol">["pose"];
export type Way = NonNullable<ViewOf<"idle">["ways"]>[number];
export type EnrolProblem = NonNullable<ViewOf<"enrol">["problem"]>;
