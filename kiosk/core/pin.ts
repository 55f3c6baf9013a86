import type { PersonId } from "./person.ts";

/** Number and PIN, as somebody typed them. Lives until it was checked; in no log and no message. */
export interface PinQuestion {
  /** Whom the number names, or whom another way has named already. */
  readonly who: { readonly number: string } | { readonly person: PersonId };
  readonly pin: string;
}

export type PinAnswer =
  | {
      readonly is: "good";
      readonly person: PersonId;
      /** It is the one they use when somebody forces them. Nothing on the wall may differ. */
      readonly isDuress: boolean;
    }
  /** Number and PIN do not belong together; which of the two is wrong is said to nobody. */
  | { readonly is: "wrong" }
  /** Too many tries: nothing is checked for so long. */
  | { readonly is: "wait"; readonly forMs: number };

/** Who is known here by number and PIN. Neither can be read back. */
export interface Pins extends AsyncDisposable {
  /**
   * Counts the try before it looks, so that pulling the plug gains nothing. Takes as long for a number that nobody has.
   * @throws Fault `state-unwritable`, `disk-full` where a try cannot be counted: then it is not made.
   */
  readonly check: (question: PinQuestion) => Promise<PinAnswer>;
  /** Replaces what they had. @throws Fault `pin-refused` saying what is wrong with it. */
  readonly set: (person: PersonId, wish: PinWish) => Promise<void>;
  /** Also forgets how often they tried. */
  readonly remove: (person: PersonId) => Promise<void>;
  /**
   * What the roster says of everybody, as one: who is not in it loses what the roster gave them, and keeps what was set
   * here. Items that are no verifiers, or whose number is taken, are left out.
   * @returns how many were left out.
   */
  readonly adopt: (verifiers: ReadonlyMap<PersonId, string>) => Promise<number>;
  /** Everybody who can come by PIN, and the number they have. */
  readonly numbers: () => ReadonlyMap<PersonId, string>;
}

export interface PinWish {
  /** 3 to 8 digits; not the employee number, which others may know. */
  readonly number: string;
  /** 4 to 12 digits. */
  readonly pin: string;
  /** A second one, for when somebody forces them. */
  readonly duress?: string;
}

export const numberDigits = { min: 3, max: 8 } as const;
export const pinDigits = { min: 4, max: 12 } as const;
