import type { ViewOf } from "../kinds.ts";
import { BadgeSign, Bar, Triangle } from "../shapes.tsx";
import { BadgeWay, Button, FootButton, Sheet, type Wall } from "../sheet.tsx";

/** A failure is the clock's, comes with what to do, and with the time, so that nobody's hours hang on a machine. */
export function Refused({ view, wall }: { readonly view: ViewOf<"refused">; readonly wall: Wall }) {
  const { words, tell, touch, strip } = wall;
  const { refused } = words;
  const notSaved = view.why === "not-saved";
  const cameraWorks = strip.camera === "on";
  return (
    <Sheet
      wall={wall}
      at="refused"
      ground={notSaved ? "ink" : "care"}
      // Nothing was saved just now, so nothing is said of where it waits.
      withNetwork={false}
      figure={notSaved ? <Bar /> : view.why === "needs-badge" ? <BadgeSign /> : <Triangle />}
      ways={
        <>
          {!notSaved && view.why !== "badge-unknown" && <BadgeWay wall={wall} />}
          {view.canRetry && (notSaved || cameraWorks) && (
            <Button label={notSaved ? refused.retry : refused.retryCamera} onTouch={() => touch({ touch: "retry" })} />
          )}
        </>
      }
      foot={<FootButton label={refused.close} onTouch={() => touch({ touch: "dismiss" })} />}
    >
      <h1>{refusedSentence(view, wall)}</h1>
      {nextSteps(view, wall).map((step) => (
        <p key={step}>{step}</p>
      ))}
      <p>
        {notSaved ? refused.tellNow : refused.tellWhen} <b class="nowrap">{tell.time(view.local)}</b>.
      </p>
    </Sheet>
  );
}

export function refusedSentence(
  { why }: ViewOf<"refused">,
  { strip, words: { refused } }: Pick<Wall, "strip" | "words">,
): string {
  switch (why) {
    // Whoever holds up a picture learns nothing from the words.
    case "not-live":
    case "not-sure":
      return refused.notSure;
    case "several":
      return refused.several;
    case "needs-badge":
      return strip.reader === "on" ? `${refused.needsBadge} ${refused.needsBadgeTap}` : refused.needsBadge;
    case "badge-unknown":
      return refused.badgeUnknown;
    case "not-saved":
      return refused.notSaved;
  }
}

function nextSteps({ why }: ViewOf<"refused">, { strip, words: { refused } }: Wall): readonly string[] {
  const badge = strip.reader === "on" ? [refused.useBadge] : [];
  switch (why) {
    case "not-live":
    case "not-sure":
      return badge;
    case "several":
      return [refused.severalMore, ...badge];
    case "needs-badge":
      return [refused.needsBadgeMore];
    case "badge-unknown":
      return strip.camera === "on" ? [refused.useCamera, refused.badgeUnknownMore] : [refused.badgeUnknownMore];
    case "not-saved":
      return [refused.notSavedMore];
  }
}
