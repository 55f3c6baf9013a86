import type { Errand, Kind, OverrideReason, RequestReason, Way } from "../../kinds.ts";

interface Told {
  readonly say: string;
  readonly more: string;
}

/** What the wall says to somebody who says who they are by hand, and of what they may then see and ask for. */
export interface VisitWords {
  /** The badge's own words stand with the badge. */
  readonly way: Readonly<Record<Exclude<Way, "badge">, { readonly title: string; readonly how: string }>>;
  readonly ways: { readonly say: Readonly<Record<Errand, string>>; readonly more: string };
  readonly errand: Readonly<Record<Exclude<Errand, "punch">, string>>;
  readonly back: string;
  readonly close: string;
  /** Goes on without the second way. */
  readonly without: string;
  readonly withoutMore: string;
  readonly pin: {
    readonly number: string;
    readonly pin: string;
    /** Said of the dots. */
    readonly typed: (count: string) => string;
    readonly erase: string;
    readonly enter: string;
    readonly checking: string;
    readonly wrong: string;
    readonly wait: (time: string) => string;
  };
  readonly also: Readonly<Record<"badge" | "pin" | "qr", string>>;
  readonly choose: { readonly say: (name: string) => string; readonly more: (kind: string) => string };
  readonly openShift: {
    readonly say: string;
    readonly since: (day: string, time: string) => string;
    readonly ended: string;
    readonly same: string;
  };
  /** What somebody says of a time that stands there. */
  readonly time: {
    readonly earlier: string;
    readonly later: string;
    readonly confirm: (time: string) => string;
    readonly unknown: string;
  };
  readonly hours: {
    readonly say: (name: string) => string;
    readonly standing: Readonly<Record<"in" | "break" | "out", string>>;
    readonly today: string;
    readonly total: string;
    readonly work: string;
    readonly pause: string;
    readonly open: string;
    readonly unsure: string;
    readonly asked: string;
    readonly job: string;
    readonly request: string;
  };
  readonly kind: Readonly<Record<Kind, string>>;
  readonly job: { readonly say: string; readonly now: string };
  readonly request: {
    readonly day: string;
    readonly mark: string;
    readonly missing: string;
    readonly kind: string;
    readonly time: (kind: string) => string;
    readonly reason: string;
    readonly more: string;
    readonly reasons: Readonly<Record<RequestReason, string>>;
  };
  readonly notMe: string;
  readonly told: {
    readonly "not-me": Told;
    readonly asked: Told;
    readonly punched: { readonly say: (name: string) => string; readonly more: string };
  };
  readonly muster: {
    readonly say: (count: number) => string;
    readonly doubtful: (count: number) => string;
    readonly isDoubtful: string;
    readonly isBreak: string;
    readonly since: (time: string) => string;
  };
  readonly page: (page: string, pages: string) => string;
  readonly next: string;
  readonly before: string;
  readonly override: {
    readonly person: string;
    readonly reason: (name: string) => string;
    readonly kind: (name: string) => string;
    readonly reasons: Readonly<Record<OverrideReason, string>>;
  };
}
