import type { GuestsField, GuestsNote, GuestsTold } from "../../kinds.ts";

interface Told {
  readonly say: string;
  readonly more: string;
}

/** What the wall says to somebody who does not work here. A host without a name is the office. */
export interface GuestsWords {
  readonly start: {
    readonly say: string;
    readonly arrive: string;
    readonly code: string;
    readonly leave: string;
    readonly pass: string;
  };
  readonly ask: Readonly<Record<GuestsField, string>>;
  /** What has to be known before one types. */
  readonly hint: Readonly<Record<GuestsField, string>>;
  /** Too many have a name like that. */
  readonly isMore: string;
  readonly office: string;
  readonly next: string;
  readonly skip: string;
  readonly space: string;
  /** More letters, for somebody who does not see the keyboard. */
  readonly letters: string;
  readonly check: {
    readonly say: string;
    readonly name: string;
    readonly host: string;
    readonly contact: string;
    readonly keeps: (days: string) => string;
    readonly here: string;
    readonly sent: string;
    readonly ask: (host: string) => string;
    readonly signIn: string;
  };
  readonly code: {
    readonly arrive: string;
    readonly leave: string;
    readonly unknown: string;
    readonly wait: string;
  };
  readonly busy: string;
  readonly asking: { readonly say: (host: string) => string; readonly more: string };
  /** Their own number. */
  readonly number: string;
  /** What it is for while they wait, and while they are here. */
  readonly again: string;
  readonly keep: string;
  readonly askAgain: string;
  readonly leaving: { readonly say: string; readonly yes: string; readonly no: string };
  readonly told: Readonly<Record<GuestsTold, (host: string, when: string) => Told>>;
  readonly note: Readonly<Record<GuestsNote, string>>;
  readonly done: string;
}
