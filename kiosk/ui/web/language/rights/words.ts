import type {
  Deed,
  DoneDeed,
  FactCode,
  FactLabel,
  ItemKind,
  LineOf,
  NoticeClass,
  RequestRight,
  RequestStanding,
} from "../../kinds.ts";

interface Said {
  readonly say: string;
  readonly more: string;
}

/** What the wall says to somebody who sees what it knows of them, and what everybody may read. */
export interface RightsWords {
  readonly reading: string;
  readonly say: (name: string) => string;
  readonly item: Readonly<Record<ItemKind, string>>;
  readonly until: {
    readonly date: (date: string) => string;
    readonly left: (days: number) => string;
    readonly each: (days: number) => string;
    readonly employment: string;
    readonly you: string;
    /** Behind any of them. */
    readonly now: string;
  };
  readonly since: (date: string) => string;
  readonly fact: Readonly<Record<FactLabel, string>>;
  readonly code: Readonly<Record<FactCode, string>>;
  /** The camera knew them so many of so many times. */
  readonly knew: (n: string, of: string) => string;
  /** To whom the camera misses often; in the open, so it blames nobody. */
  readonly better: string;
  readonly act: Readonly<Record<LineOf<"consent">["act"], string>>;
  readonly purpose: Readonly<Record<LineOf<"consent">["purpose"], string>>;
  readonly right: Readonly<Record<RequestRight, string>>;
  readonly state: Readonly<Record<RequestStanding, string>>;
  readonly role: Readonly<Record<"technician" | "supervisor" | "officer" | "person" | "clock" | "other", string>>;
  readonly deeds: string;
  readonly deedsSay: string;
  readonly deed: Readonly<Record<Deed, string>>;
  readonly done: Readonly<Record<DoneDeed, Said>>;
  /** What became of those that were kept of whoever wants none. */
  readonly pictures: {
    readonly gone: string;
    readonly held: (date: string, owner: string) => string;
    /** The list of what is held cannot be read. */
    readonly doubt: string;
  };
  readonly due: (date: string) => string;
  readonly proof: string;
  readonly sure: { readonly say: string; readonly goes: string; readonly stays: string; readonly yes: string };
  readonly choices: {
    readonly say: string;
    readonly name: string;
    readonly messages: string;
    readonly lang: string;
    readonly on: string;
    readonly off: string;
    readonly site: string;
  };
  readonly name: Said & { readonly send: string };
  readonly doors: Said & { readonly stick: string; readonly lan: string };
  readonly copied: {
    readonly stick: (file: string) => string;
    readonly lan: (time: string) => string;
    readonly code: string;
    readonly more: string;
  };
  readonly failed: Said;
  /** Stands on the idle wall. */
  readonly entry: { readonly more: string; readonly how: string; readonly visitor: string; readonly emergency: string };
  readonly notice: {
    readonly keep: string;
    readonly cls: Readonly<Record<NoticeClass, string>>;
    readonly days: (days: number) => string;
    readonly never: string;
    readonly you: string;
    readonly controller: string;
    readonly contact: string;
    readonly version: string;
    readonly policy: string;
    /** Follows the words of `visit.errand.rights`. */
    readonly see: string;
  };
}
