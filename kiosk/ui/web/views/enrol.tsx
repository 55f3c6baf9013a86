import { Head } from "../gestures.tsx";
import type { ViewOf } from "../kinds.ts";
import type { Words } from "../language/words.ts";
import { Preview } from "../preview.tsx";
import { Check, Triangle } from "../shapes.tsx";
import { Button, FootButton, MoreTime, Sheet, type Wall } from "../sheet.tsx";
import type { Drawn } from "./drawn.ts";
import { isLong } from "./thanks.tsx";

export const enrol: Drawn<"enrol"> = {
  draw: (view, wall) => <Enrol view={view} wall={wall} />,
  sentence: (view, { words }) => enrolSentence(view, words),
  isUrgent: () => true,
};

export const enrolled: Drawn<"enrolled"> = {
  draw: (view, wall) => <Enrolled view={view} wall={wall} />,
  sentence: (view, { words }) => enrolledSentence(view, words),
  chime: ({ isKept }) => (isKept ? "saved" : "look"),
  isUrgent: () => true,
  endsVisit: true,
};

/** Somebody agreed, and the clock gets to know them: one pose after the other, at their pace, stopped with one touch. */
function Enrol({ view, wall }: { readonly view: ViewOf<"enrol">; readonly wall: Wall }) {
  const { words, touch } = wall;
  const said = words.enrol;
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
      ways={!isKeeping && <Button label={said.stop} onTouch={() => touch({ touch: "dismiss" })} />}
      foot={<p class="keeps">{said.keeps}</p>}
    >
      <h1>{isKeeping ? said.keeping : said.pose[view.pose]}</h1>
      <p class="reason">{reasonOf(view, words)}</p>
    </Sheet>
  );
}

function enrolSentence(view: ViewOf<"enrol">, words: Words): string {
  const said = words.enrol;
  if (view.isKeeping) return `${said.keeping} ${said.keepingMore}`;
  return `${said.pose[view.pose]} ${reasonOf(view, words)}`.trim();
}

function reasonOf({ isKeeping, problem }: ViewOf<"enrol">, words: Words): string {
  if (isKeeping) return words.enrol.keepingMore;
  return problem === null ? "" : words.enrol.problem[problem];
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
function Enrolled({ view, wall }: { readonly view: ViewOf<"enrolled">; readonly wall: Wall }) {
  const { words, touch } = wall;
  const said = words.enrolled;
  return (
    <Sheet
      wall={wall}
      at="enrolled"
      ground={view.isKept ? "yes" : "care"}
      withNetwork={false}
      figure={view.isKept ? <Check /> : <Triangle />}
      foot={
        <>
          <FootButton label={said.close} onTouch={() => touch({ touch: "dismiss" })} />
          <MoreTime wall={wall} />
        </>
      }
    >
      {view.isKept ? (
        <>
          <h1 class="greet" data-long={isLong(view.name)}>
            {said.kept(view.name)}
          </h1>
          <p>{said.keptMore}</p>
          <p class="quiet">{words.enrol.keeps}</p>
        </>
      ) : (
        <>
          <h1>{said.notKept}</h1>
          <p>{said.notKeptMore}</p>
        </>
      )}
    </Sheet>
  );
}

const enrolledSentence = ({ isKept, name }: ViewOf<"enrolled">, { enrolled: said }: Words): string =>
  isKept ? `${said.kept(name)} ${said.keptMore}` : `${said.notKept} ${said.notKeptMore}`;
