import type { ConsentPageView } from "../../kinds.ts";

/** What the wall says where people decide about their face. What they agree to comes from the clock (core/consent/texts). */
export interface ConsentWords {
  readonly home: Readonly<Record<Extract<ConsentPageView, { is: "home" }>["face"], string>>;
  readonly same: string;
  readonly since: (since: string) => string;
  readonly until: (until: string) => string;
  readonly read: string;
  readonly stop: string;
  readonly enrol: string;
  readonly release: string;
  readonly why: string;
  readonly no: string;
  readonly notice: string;
  readonly next: string;
  readonly agree: string;
  readonly decline: string;
  readonly age: (years: string) => string;
  readonly yes: string;
  readonly notYet: string;
  readonly guardian: {
    readonly ask: (years: string) => string;
    readonly here: string;
    readonly both: string;
    readonly sign: string;
    readonly done: string;
    /** Behind `young`. */
    readonly young: (years: string) => string;
  };
  readonly sign: string;
  readonly field: string;
  readonly empty: string;
  readonly again: string;
  readonly done: string;
  readonly badgePin: string;
  readonly busy: string;
  readonly given: string;
  readonly givenMore: string;
  readonly stopSay: string;
  readonly stopMore: string;
  readonly sure: string;
  readonly stopped: string;
  readonly stoppedMore: string;
  readonly stoppedLate: string;
  readonly declined: string;
  readonly young: (years: string) => string;
  readonly youngMore: string;
  readonly failed: string;
  readonly failedMore: string;
  readonly news: {
    readonly coming: (day: string) => string;
    readonly changed: (day: string) => string;
    readonly asks: string;
  };
  readonly later: string;
}
