import { confirm, isCancel, log, note, spinner, text } from "@clack/prompts";
import { lineOf } from "./plain.ts";
import type { Talk } from "./talk.ts";

/** At the clock's own console, with somebody before it who answers. */
export function consoleTalk(): Talk & Disposable {
  let turning: ReturnType<typeof spinner> | null = null;
  const rest = (): void => {
    turning?.clear();
    turning = null;
  };
  const turn = (sentence: string): void => {
    if (turning === null) {
      turning = spinner();
      turning.start(sentence);
    } else turning.message(sentence);
  };
  return {
    step: (news) => {
      if (news.is === "begun") return turn(news.step);
      rest();
      if (news.is === "failed") log.error(`${news.step}: ${news.sentence} (${news.code})\n${news.remedy}`);
      else if (news.is === "would") log.info(lineOf(news));
      else log.success(`${news.step}: ${news.sentence}`);
    },
    say: (sentence) => {
      rest();
      log.info(sentence);
      turn("…");
    },
    ask: async (question, signal) => {
      rest();
      if (question.about === "ticket") {
        const typed = await text({ message: question.sentence, placeholder: "LTKT1 … or a path", signal });
        return isCancel(typed) || typed === undefined || typed.trim() === "" ? null : typed;
      }
      const agreed = await confirm({ message: question.sentence, initialValue: false, signal });
      if (isCancel(agreed)) return null;
      if (question.about === "words") return agreed ? "same" : "differ";
      return agreed ? "yes" : "no";
    },
    words: (words) => {
      rest();
      note(words.join("  "), "Six words of this clock");
    },
    [Symbol.dispose]: rest,
  };
}
