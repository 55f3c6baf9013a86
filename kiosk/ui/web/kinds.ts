import type { Place, Touch, View } from "../../core/view.ts";

/** Names for the parts of a Screenful that views pass around. */
export type At = View["at"];
export type ViewOf<A extends At> = Extract<View, { at: A }>;
export type Problem = NonNullable<ViewOf<"look">["problem"]>;
export type Step = ViewOf<"starting">["step"];
export type ChallengeKind = NonNullable<ViewOf<"look">["challenge"]>["kind"];
export type Pose = ViewOf<"enrol">["pose"];
export type Way = NonNullable<ViewOf<"idle">["ways"]>[number];
export type Errand = ViewOf<"ways">["errand"];
type Ask<A extends "request" | "override", W extends string> = Extract<ViewOf<A>["ask"], { what: W }>;
export type RequestReason = Ask<"request", "reason">["reasons"][number];
export type OverrideReason = Ask<"override", "reason">["reasons"][number];
export type Day = ViewOf<"hours">["today"];
export type Mark = Day["marks"][number];
export type Kind = Mark["kind"];
export type EnrolProblem = NonNullable<ViewOf<"enrol">["problem"]>;

export type RightsAct = Extract<Touch, { touch: "rights" }>["act"];
type RightsPage = ViewOf<"rights">["page"];
export type RightsPageOf<I extends RightsPage["is"]> = Extract<RightsPage, { is: I }>;
export type ItemKind = RightsPageOf<"list">["items"][number]["kind"];
export type Item = RightsPageOf<"list">["items"][number];
export type Deed = RightsPageOf<"deeds">["deeds"][number];
export type DoneDeed = RightsPageOf<"done">["deed"];
export type Fact = RightsPageOf<"item">["facts"][number];
export type FactLabel = Fact["label"];
export type FactCode = Extract<Fact["value"], { code: string }>["code"];
export type Line = RightsPageOf<"item">["lines"][number];
export type LineOf<L extends Line["line"]> = Extract<Line, { line: L }>;
export type RequestRight = LineOf<"request">["right"];
export type RequestStanding = LineOf<"request">["state"];
export type NoticeClass = NonNullable<Place["notice"]>["keep"][number]["cls"];
type Absence = ViewOf<"absence">["page"];
export type Leave = Extract<Absence, { is: "list" }>["asked"][number];
export type LeaveKind = Leave["k"];
export type Weeks = Extract<Absence, { is: "first" }>["weeks"];
export type AlertOn = Extract<ViewOf<"alert">["page"], { is: "on" }>;
export type AlertLine = AlertOn["lines"][number];

export type GuestsAct = Extract<Touch, { touch: "guests" }>["act"];
type GuestsPage = ViewOf<"guests">["page"];
export type GuestsPageOf<I extends GuestsPage["is"]> = Extract<GuestsPage, { is: I }>;
export type GuestsField = GuestsPageOf<"type">["field"];
export type GuestsTold = GuestsPageOf<"told">["what"];
export type GuestsNote = NonNullable<GuestsPageOf<"told">["note"]>;

export type ConsentAct = Extract<Touch, { touch: "consent" }>["act"];
export type ConsentPageView = ViewOf<"consent">["page"];
export type ConsentPageOf<I extends ConsentPageView["is"]> = Extract<ConsentPageView, { is: I }>;
