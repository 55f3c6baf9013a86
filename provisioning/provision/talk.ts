import type { StepNews } from "./news.ts";

/** What a set-up asks whoever stands there. */
export type Question =
  /** A ticket's or a pointer's text, or the path of a file; or nothing, and the camera is looked through. */
  | { readonly about: "ticket"; readonly sentence: string }
  /** Whether the authority shows the same six words. */
  | { readonly about: "words"; readonly sentence: string; readonly words: readonly string[] }
  /** Whether to go on without something that the site does without. */
  | { readonly about: "without"; readonly sentence: string };

/** Whoever stands before the clock, at its console or at its screen. Must not throw. */
export interface Talk {
  readonly step: (news: StepNews) => void;
  /** A sentence about what goes on meanwhile, or what to do now. */
  readonly say: (sentence: string) => void;
  /** @returns null where nobody answers. */
  readonly ask: (question: Question, signal: AbortSignal) => Promise<string | null>;
  /** The six words, to be shown until the end. */
  readonly words: (words: readonly string[]) => void;
}
