import type { Form } from "./types.ts";
import type { GuestsField } from "./view.ts";

/** Letters on the wall. What is typed stands in the memory until the visit is made, is bounded, and is never written to a log. */

const mostOf: Readonly<Record<GuestsField, number>> = { name: 60, host: 40, contact: 80 };

/** One key of a keyboard: a letter with its marks. Controls, and what turns text round, are no letters. */
const keyPattern = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]{1,8}$/u;
/** No language needs more marks on one letter; more of them are there to paint over other lines. */
const pilePattern = /\p{M}{4}/u;

/** The text with the key in it, or as it was where the key is none or there is no room. */
export function typed(text: string, key: string, field: GuestsField): string {
  if (!keyPattern.test(key)) return text;
  const next = `${text}${key}`.replace(/^ +/u, "").replace(/ {2,}/gu, " ").normalize("NFC");
  return next.length > mostOf[field] || pilePattern.test(next.normalize("NFD")) ? text : next;
}

export const erased = (text: string): string => [...text].slice(0, -1).join("");

const lettersIn = (text: string): number => text.match(/\p{L}/gu)?.length ?? 0;

export const isName = (text: string): boolean => lettersIn(text) > 0;

/** What somebody has to have typed before names of those who work here are shown. */
const lettersBeforeNames = 3;
const namesShown = 3;

/** Somebody who can be visited, as far as this needs to know them. */
export interface Visitable<Id> {
  readonly id: Id;
  readonly displayName: string;
  /** As the wall may show it; empty where it shows no names. */
  readonly shown: string;
}

/**
 * Whom these letters mean. Whoever asks must know the name already: three letters at least, a few names at most, as the
 * site masks them. Where the site shows no names, the whole name as it stands in the list, and then as it was typed.
 */
export function hostsFor<Id>(
  text: string,
  people: Iterable<Visitable<Id>>,
  locale: string,
): { readonly hosts: readonly { readonly id: Id; readonly name: string }[]; readonly isMore: boolean } {
  const wanted = wordsOf(text);
  if (lettersIn(text) < lettersBeforeNames || wanted.length === 0) return { hosts: [], isMore: false };
  const found: { readonly id: Id; readonly name: string }[] = [];
  for (const { id, displayName, shown } of people) {
    const words = wordsOf(displayName);
    if (shown === "") {
      if (words.join(" ") === wanted.join(" ")) found.push({ id, name: text.trim() });
    } else if (wanted.every((word) => words.some((one) => one.startsWith(word)))) found.push({ id, name: shown });
  }
  const { compare } = new Intl.Collator(locale, { numeric: true });
  found.sort((a, b) => compare(a.name, b.name));
  return { hosts: found.slice(0, namesShown), isMore: found.length > namesShown };
}

/** Without case and without the marks that a keyboard may not have: "jurgen" means Jürgen. */
const wordsOf = (text: string): readonly string[] =>
  text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/gu, "")
    .toLowerCase()
    .replace(/ß/gu, "ss")
    .split(/[\s.'’-]+/u)
    .filter((word) => word !== "");

export const blankForm: Form = { name: "", host: null, contact: "", invite: null, mustAsk: false };
