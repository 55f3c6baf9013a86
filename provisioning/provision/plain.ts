import type { StepNews } from "./news.ts";
import type { Talk } from "./talk.ts";

/** For a pipe, a log or a script: a line each, and nobody who answers. */
export const plainTalk = (write: (line: string) => void): Talk => ({
  step: (news) => {
    if (news.is !== "begun") write(lineOf(news));
  },
  say: (sentence) => write(`      ${"".padEnd(12)} ${sentence}`),
  ask: async () => null,
  words: (words) => write(`      ${"".padEnd(12)} ${words.join(" ")}`),
});

/** For a program: one JSON object a line. */
export const jsonTalk = (write: (line: string) => void): Talk => ({
  step: (news) => write(JSON.stringify(news)),
  say: (sentence) => write(JSON.stringify({ say: sentence })),
  ask: async () => null,
  words: (words) => write(JSON.stringify({ words })),
});

const marks = { so: "ok    ", done: "done  ", would: "would ", failed: "FAILED" } as const;

export function lineOf(news: Exclude<StepNews, { readonly is: "begun" }>): string {
  const line = `${marks[news.is]} ${news.step.padEnd(12)} ${news.sentence}`;
  return news.is === "failed" ? `${line} (${news.code})\n${" ".repeat(20)}-> ${news.remedy}` : line;
}
