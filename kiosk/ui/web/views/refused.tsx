import type { ViewOf } from "../kinds.ts";
import { BadgeSign, Bar, Triangle } from "../shapes.tsx";
import { BadgeWay, Button, FootButton, MoreTime, OtherWay, Sheet, type Wall } from "../sheet.tsx";
import type { Drawn } from "./drawn.ts";

export const refused: Drawn<"refused"> = {
  draw: (view, wall) => <Refused view={view} wall={wall} />,
  sentence: refusedSentence,
  chime: () => "look",
  isUrgent: ({ why }) => why === "not-saved",
  moment: ({ why, local }) => `${why} ${local}`,
};

/** A failure is the clock's, comes with what to do, and with the time, so that nobody's hours hang on a machine. */
function Refused({ view, wall }: { readonly view: ViewOf<"refused">; readonly wall: Wall }) {
  const { words, tell, touch, strip } = wall;
  const said = words.refused;
  const notSaved = view.why === "not-saved";
  const isAboutTime = view.why !== "not-allowed";
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
          {isAboutTime && !notSaved && view.why !== "badge-unknown" && <BadgeWay wall={wall} />}
          <OtherWay ways={view.ways} wall={wall} />
          {view.canRetry && (notSaved || cameraWorks) && (
            <Button label={notSaved ? said.retry : said.retryCamera} onTouch={() => touch({ touch: "retry" })} />
          )}
        </>
      }
      foot={
        <>
          <FootButton label={said.close} onTouch={() => touch({ touch: "dismiss" })} />
          <MoreTime wall={wall} />
        </>
      }
    >
      <h1>{refusedSentence(view, wall)}</h1>
      {nextSteps(view, wall).map((step) => (
        <p key={step}>{step}</p>
      ))}
      {isAboutTime && (
        <p>
          {notSaved ? said.tellNow : said.tellWhen}{" "}
          <b class="nowrap">
            <bdi>{tell.time(view.local)}</bdi>
          </b>
          {words.fullStop}
        </p>
      )}
    </Sheet>
  );
}

function refusedSentence(
  { why }: ViewOf<"refused">,
  { strip, words: { refused: said } }: Pick<Wall, "strip" | "words">,
): string {
  switch (why) {
    // Whoever holds up a picture learns nothing from the words.
    case "not-live":
    case "not-sure":
      return said.notSure;
    case "several":
      return said.several;
    case "needs-badge":
      return strip.reader === "on" ? `${said.needsBadge} ${said.needsBadgeTap}` : said.needsBadge;
    case "badge-unknown":
      return said.badgeUnknown;
    case "not-allowed":
      return said.notAllowed;
    case "pass-late":
    case "pass-used":
    case "pass-elsewhere":
    case "pass-visitor":
      return said.pass[why].say;
    case "not-saved":
      return said.notSaved;
  }
}

function nextSteps({ why }: ViewOf<"refused">, { strip, words: { refused: said } }: Wall): readonly string[] {
  const badge = strip.reader === "on" ? [said.useBadge] : [];
  switch (why) {
    case "not-live":
    case "not-sure":
      return badge;
    case "several":
      return [said.severalMore, ...badge];
    case "needs-badge":
      return [said.needsBadgeMore];
    case "badge-unknown":
      return strip.camera === "on" ? [said.useCamera, said.badgeUnknownMore] : [said.badgeUnknownMore];
    case "not-allowed":
      return [said.notAllowedMore];
    case "pass-late":
    case "pass-used":
    case "pass-elsewhere":
    case "pass-visitor":
      return [said.pass[why].more];
    case "not-saved":
      return [said.notSavedMore];
  }
}
