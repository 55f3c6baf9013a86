import { Head } from "../gestures.tsx";
import type { ViewOf } from "../kinds.ts";
import { Preview } from "../preview.tsx";
import { Check, Triangle } from "../shapes.tsx";
import { Button, FootButton, Sheet, type Wall } from "../sheet.tsx";
import type { Words } from "../words.ts";
import { isLong } from "./thanks.tsx";

/** Somebody agreed, and the clock gets to know them: one pose after the other, at their pace, stopped with one touch. */
export function Enrol({ view, wall }: { readonly view: ViewOf<"enrol">; readonly wall: Wall }) {
  const { words, touch } = wall;
  const { enrol } = words;
  const { accepted, needed, isKeeping } = view;
  return (
    <Sheet
      wall={wall}
      at="enrol"
      ground="paper"
      // Nothing is sent of it, so nothing is said of where it waits.
      withNetwork={false}
      figure={
        <>
          <div class="pose">
            <div class="oval">
              <Preview url={wall.previewUrl} />
            </div>
            <Head pose={isKeeping ? "straight" : view.pose} />
          </div>
          <Taken accepted={isKeeping ? needed : accepted} needed={needed} words={words} />
        </>
      }
      // What is being written cannot be stopped halfway; taking it back is the operator's next touch.
      ways={!isKeeping && <Button label={enrol.stop} onTouch={() => touch({ touch: "dismiss" })} />}
      foot={<p class="keeps">{enrol.keeps}</p>}
    >
      <h1>{isKeeping ? enrol.keeping : enrol.pose[view.pose]}</h1>
      <p class="reason">{reasonOf(view, words)}</p>
    </Sheet>
  );
}

export function enrolSentence(view: ViewOf<"enrol">, words: Words): string {
  const { enrol } = words;
  if (view.isKeeping) return `${enrol.keeping} ${enrol.keepingMore}`;
  return `${enrol.pose[view.pose]} ${reasonOf(view, words)}`.trim();
}

function reasonOf({ isKeeping, problem }: ViewOf<"enrol">, { enrol }: Words): string {
  if (isKeeping) return enrol.keepingMore;
  return problem === null ? "" : enrol.problem[problem];
}

interface TakenProps {
  readonly accepted: number;
  readonly needed: number;
  readonly words: Words;
}

/** One dot for every look that is wanted, filled as they are taken. */
const Taken = ({ accepted, needed, words }: TakenProps) => (
  <div class="dots" role="img" aria-label={words.enrol.taken(accepted, needed)}>
    {Array.from({ length: needed }, (_, index) => (
      <i key={index} data-taken={index < accepted} />
    ))}
  </div>
);

/** The end of it. A failure is the clock's; why stands before whoever started it, not here. */
export function Enrolled({ view, wall }: { readonly view: ViewOf<"enrolled">; readonly wall: Wall }) {
  const { words, touch } = wall;
  const { enrolled, enrol } = words;
  return (
    <Sheet
      wall={wall}
      at="enrolled"
      ground={view.isKept ? "yes" : "care"}
      withNetwork={false}
      figure={view.isKept ? <Check /> : <Triangle />}
      foot={<FootButton label={enrolled.close} onTouch={() => touch({ touch: "dismiss" })} />}
    >
      {view.isKept ? (
        <>
          <h1 class="greet" data-long={isLong(view.name)}>
            {enrolled.kept(view.name)}
          </h1>
          <p>{enrolled.keptMore}</p>
          <p class="quiet">{enrol.keeps}</p>
        </>
      ) : (
        <>
          <h1>{enrolled.notKept}</h1>
          <p>{enrolled.notKeptMore}</p>
        </>
      )}
    </Sheet>
  );
}

export const enrolledSentence = ({ isKept, name }: ViewOf<"enrolled">, { enrolled }: Words): string =>
  isKept ? `${enrolled.kept(name)} ${enrolled.keptMore}` : `${enrolled.notKept} ${enrolled.notKeptMore}`;
