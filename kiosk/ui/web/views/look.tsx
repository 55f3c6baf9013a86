import { BadgeRead, Blink, StraightAgain, sideOf, TurnArrow } from "../gestures.tsx";
import type { Problem, ViewOf } from "../kinds.ts";
import type { Words } from "../language/words.ts";
import { Preview } from "../preview.tsx";
import { BadgeSign, Ring } from "../shapes.tsx";
import { BadgeWay, FootButton, Languages, OtherWay, Sheet, type Wall } from "../sheet.tsx";
import type { Drawn } from "./drawn.ts";

type LookView = ViewOf<"look">;

export const look: Drawn<"look"> = {
  draw: (view, wall) => <Look view={view} wall={wall} />,
  sentence: (view, { words }) => lookSentence(view, words),
  chime: ({ challenge, alsoWants }) => (challenge !== null || alsoWants !== null ? "look" : null),
  moment: ({ challenge, alsoWants }) => `${challenge?.kind} ${alsoWants}`,
};

function Look({ view, wall }: { readonly view: LookView; readonly wall: Wall }) {
  const { words, strip } = wall;
  const { alsoWants } = view;
  return (
    <Sheet
      wall={wall}
      at="look"
      ground="paper"
      figure={<Mirror view={view} wall={wall} />}
      // A badge that was read is not asked for again.
      ways={
        alsoWants !== "face" && (
          <>
            <BadgeWay wall={wall} />
            <OtherWay ways={view.ways} wall={wall} />
          </>
        )
      }
      foot={
        <>
          {alsoWants === "face" ? (
            <FootButton
              label={words.visit.without}
              note={words.visit.withoutMore}
              onTouch={() => wall.touch({ touch: "without" })}
            />
          ) : (
            <p class="foot-note">{words.look.aside}</p>
          )}
          <Languages wall={wall} />
        </>
      }
    >
      <h1>{lookSentence(view, words)}</h1>
      {alsoWants === "face" && <p class="quiet">{words.look.badgeRead}</p>}
      {alsoWants === null && strip.reader === "on" && <p class="quiet">{words.look.orBadge}</p>}
    </Sheet>
  );
}

function lookSentence(view: LookView, { look: said }: Words): string {
  const { problem, box, progress, alsoWants } = view;
  if (alsoWants === "badge") return said.alsoBadge;
  const movement = movementOf(view);
  if (movement !== null) return movement.isReturning ? said.straightAgain : said.challenge[movement.kind];
  if (problem !== null) return said.problem[problem];
  if (box !== null && progress > 0) return said.hold;
  return alsoWants === "face" ? said.alsoFace : said.say;
}

/** Nothing can be seen of a movement while the person stands wrong, so that is said first. A turning head is "turned". */
const first: ReadonlySet<Problem> = new Set(["too-far", "too-close", "off-centre", "several"]);

function movementOf({ challenge, problem }: LookView): LookView["challenge"] {
  return problem !== null && first.has(problem) ? null : challenge;
}

/** The preview and its ring, and at its edge the one shape of what is asked for. */
function Mirror({ view, wall }: { readonly view: LookView; readonly wall: Wall }) {
  if (view.alsoWants === "badge") {
    return (
      <div class="ring ring-card">
        <BadgeSign />
        <Ring progress={1} />
      </div>
    );
  }
  const movement = movementOf(view);
  return (
    <div class="ring">
      <Preview url={wall.previewUrl} />
      {movement === null ? (
        <>
          <Ring progress={view.progress} />
          {view.alsoWants === "face" && <BadgeRead />}
        </>
      ) : (
        <Movement {...movement} />
      )}
    </div>
  );
}

/** A turn fills the half of the ring on its own side; when it was seen, the ring is whole. */
function Movement({ kind, isReturning, progress }: NonNullable<LookView["challenge"]>) {
  const side = sideOf(kind);
  if (isReturning) {
    return (
      <>
        <Ring progress={1} />
        <StraightAgain />
      </>
    );
  }
  return (
    <>
      <Ring progress={progress} side={side} />
      {side === null ? <Blink /> : <TurnArrow side={side} progress={progress} />}
    </>
  );
}
