import type { StepName, StepNews } from "../news.ts";
import { stepNames } from "../news.ts";
import type { Question } from "../talk.ts";

/** What the page draws. */
export interface SetupState {
  readonly title: string;
  readonly hint: string;
  /** What to do about it; empty where nothing failed. Between backticks: what is typed at a computer. */
  readonly remedy: string;
  /** What the set-up does by itself meanwhile; empty where it waits for somebody. */
  readonly again: string;
  /** The six words; empty where there are none to compare. */
  readonly words: string;
  readonly answers: readonly { readonly text: string; readonly answer: string }[];
  readonly code: string;
  readonly steps: readonly { readonly title: string; readonly is: StepNews["is"] | "waits" }[];
}

const titles: Readonly<Record<StepName, string>> = {
  machine: "This machine",
  disk: "Disk",
  ticket: "Ticket",
  time: "Time",
  keys: "Keys, made here",
  certificate: "Certificate",
  words: "Six words compared",
  updates: "Who signs its updates",
  models: "Models for faces",
  camera: "Camera",
  reader: "Badge reader",
  broker: "Way to payroll",
  settings: "Settings",
  services: "Clock started",
  punch: "First punch, with its receipt",
  installed: "Written into the journal",
};

/** What whoever stands there is asked to do meanwhile. */
const doing: Readonly<Partial<Record<StepName, string>>> = {
  ticket: "Hold the ticket's code in front of the camera.",
  words: "Compare six words.",
  reader: "Lay any card on the badge reader.",
  models: "Fetching what recognises faces.",
  punch: "Punch once, as somebody this site knows.",
};

/** Most remedies end with "run this again", and whoever stands at a wall has nothing to type at. */
const again = "Nobody has to start anything here: it is tried again by itself, four times a minute.";

export interface Facts {
  readonly news: ReadonlyMap<StepName, StepNews>;
  readonly said: string;
  readonly words: readonly string[];
  readonly question: Question | null;
}

export function setupState({ news, said, words, question }: Facts): SetupState {
  const all = [...news.values()];
  const failed = all.find((one) => one.is === "failed");
  const going = all.find((one) => one.is === "begun");
  const steps = stepNames.map((name) => ({ title: titles[name], is: news.get(name)?.is ?? ("waits" as const) }));
  const base = { steps, words: words.join(" "), answers: [], remedy: "", again: "", code: "" };
  if (failed?.is === "failed") {
    const { sentence, remedy, code } = failed;
    return { ...base, title: `${titles[failed.step]}: not yet`, hint: `${upper(sentence)}.`, remedy, again, code };
  }
  if (question?.about === "words") {
    const hint = "Whoever made the ticket sees six words for this clock. Are they these?";
    const answers = [
      { text: "They are the same", answer: "same" },
      { text: "They differ", answer: "differ" },
    ];
    return { ...base, title: "Compare six words.", hint, answers };
  }
  if (question?.about === "without") {
    const answers = [
      { text: "Go on without", answer: "yes" },
      { text: "Stop here", answer: "no" },
    ];
    return { ...base, title: "Something is missing.", hint: question.sentence, answers };
  }
  const title = (going && doing[going.step]) ?? "Setting up this clock.";
  const usual = going?.step === "ticket" ? "Or plug in the USB stick with it. At a console: sudo lintel provision" : "";
  return { ...base, title, hint: going?.step === "ticket" ? usual : said };
}

const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
