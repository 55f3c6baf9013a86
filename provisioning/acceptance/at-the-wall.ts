import type { z } from "zod";
import type { AcceptanceAnswer, AcceptanceNews, AcceptanceWish } from "../../kiosk/core/acceptance.ts";
import type { UplinkCard } from "../../kiosk/core/desk.ts";
import { uplinkAnswer } from "../../kiosk/desk/messages.ts";
import { askDesk } from "../desk-client.ts";
import { problemWords } from "../guidance.ts";
import type { Draft } from "./draft.ts";
import type { Questions } from "./questions.ts";

/** The clock that is accepted, as one technician's session reaches it. */
export interface Wall {
  /** Asks for one test; says on the terminal what is seen meanwhile. */
  readonly test: <T extends AcceptanceAnswer>(wish: AcceptanceWish, answer: z.ZodType<T>) => Promise<T>;
  readonly uplink: () => Promise<UplinkCard>;
  /** Now, and by whom. */
  readonly noted: () => { readonly at: string; readonly by: string };
}

/** What every part is given. */
export interface Part {
  readonly wall: Wall;
  readonly ask: Questions;
  readonly draft: Draft;
  /** What is known after this part, or after one step of it: durable when it resolves. */
  readonly keep: (more: Partial<Draft>) => Promise<void>;
}

export const openWall = (directory: string, by: string, tell: (sentence: string) => void): Wall => ({
  test: (wish, answer) => askDesk({ directory, request: { ask: "acceptance", wish }, answer, onNews: sayer(tell) }),
  uplink: () => askDesk({ directory, request: { ask: "uplink" }, answer: uplinkAnswer }),
  noted: () => ({ at: new Date().toISOString(), by }),
});

/** One line for each thing that a person would say. */
function sayer(tell: (sentence: string) => void) {
  let last = "";
  return (news: object): void => {
    if (!("test" in news)) return;
    const sentence = sentenceOf(news as AcceptanceNews);
    if (sentence !== last) tell(`  ${sentence}`);
    last = sentence;
  };
}

/** Left and right as the person feels them. */
const stages: Readonly<Record<AcceptanceNews["test"], string>> = {
  look: "the clock looks",
  nobody: "nobody is before the clock",
  "turn-left": "the clock asks: turn the head to your left, and back",
  "turn-right": "the clock asks: turn the head to your right, and back",
  blink: "the clock asks: blink once",
  "step-away": "done: step away from the clock",
};

const sentenceOf = ({ test, problem }: AcceptanceNews): string =>
  problem === null ? stages[test] : `not usable: ${problemWords(problem)} (${problem})`;
