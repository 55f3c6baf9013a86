import type { EnrolNews } from "../kiosk/core/desk.ts";

/** What the operator says to the person, frame by frame; the clock's own screen shows the same. */
export function guidanceOf({ state, pose, accepted, needed, problem }: EnrolNews): string {
  const taken = `${accepted} of ${needed} frames`;
  if (state === "done") return `${taken}. That is all; making the template`;
  if (state === "failed") return `${taken}. The clock could not believe the movement`;
  return problem === null ? `${taken}. ${poses[pose]}` : `${taken}. Not taken: ${problems[problem]} (${problem})`;
}

/** Left and right as the person feels them. */
const poses: Readonly<Record<EnrolNews["pose"], string>> = {
  straight: "Look straight at the clock",
  "a-little-left": "Turn the head a little to your left",
  "a-little-right": "Turn the head a little to your right",
  "turn-left": "Turn the head far to your left, then back",
  "turn-right": "Turn the head far to your right, then back",
  blink: "Blink once",
};

const problems: Readonly<Record<NonNullable<EnrolNews["problem"]>, string>> = {
  "too-far": "come closer",
  "too-close": "go back a little",
  "off-centre": "stand in the middle",
  turned: "that is turned too far",
  "too-dark": "there is too little light on the face",
  "too-bright": "there is too much light on the face",
  blurred: "hold still, or clean the lens",
  several: "somebody else is in the picture",
  nobody: "nobody is before the clock",
  "another-face": "that is another face",
  "eyes-closed": "the eyes are closed",
};

/** In the same words, for a code that comes over the socket; one that is not known stands for itself. */
export const problemWords = (code: string): string => problems[code as keyof typeof problems] ?? code;
