import type { View } from "../../core/view.ts";
import type { Wall } from "./sheet.tsx";
import { Duplicate, duplicateSentence } from "./views/duplicate.tsx";
import { Enrol, Enrolled, enrolledSentence, enrolSentence } from "./views/enrol.tsx";
import { Identify } from "./views/identify.tsx";
import { Idle, idleSentence } from "./views/idle.tsx";
import { Look, lookSentence } from "./views/look.tsx";
import { Refused, refusedSentence } from "./views/refused.tsx";
import { OutOfOrder, Saving, Starting, Unreachable } from "./views/still.tsx";
import { greeting, Thanks } from "./views/thanks.tsx";

/** The wall for one Screenful: same view, same wall, same picture. A null view is a page that lost its clock. */
export function Screen({ view, wall }: { readonly view: View | null; readonly wall: Wall }) {
  return (
    <>
      <p class="unseen" role="status" aria-live="polite">
        {sentence(view, wall)}
      </p>
      {draw(view, wall)}
    </>
  );
}

function draw(view: View | null, wall: Wall) {
  switch (view?.at) {
    case undefined:
      return <Unreachable wall={wall} />;
    case "starting":
      return <Starting view={view} wall={wall} />;
    case "idle":
      return <Idle view={view} wall={wall} />;
    case "identify":
      return <Identify view={view} wall={wall} />;
    case "look":
      return <Look view={view} wall={wall} />;
    case "enrol":
      return <Enrol view={view} wall={wall} />;
    case "enrolled":
      return <Enrolled view={view} wall={wall} />;
    case "saving":
      return <Saving view={view} wall={wall} />;
    // A new person's thanks is a new sheet, with its own wipe and check; news about the same one is not.
    case "thanks":
      return <Thanks key={`${view.name} ${view.local}`} view={view} wall={wall} />;
    case "refused":
      return <Refused view={view} wall={wall} />;
    case "duplicate":
      return <Duplicate view={view} wall={wall} />;
    case "out-of-order":
      return <OutOfOrder view={view} wall={wall} />;
  }
}

/** What a screen reader says when the view changes: the same sentence that stands on the wall. */
function sentence(view: View | null, { words, tell, strip }: Wall): string {
  switch (view?.at) {
    case undefined:
      return `${words.unreachable.say} ${words.unreachable.more}`;
    case "starting":
      return words.starting.say;
    case "idle":
      return idleSentence(view, { strip, words, tell });
    case "identify":
      return `${words.identify.say} ${words.identify.more}`;
    case "look":
      return lookSentence(view, words);
    case "enrol":
      return enrolSentence(view, words);
    case "enrolled":
      return enrolledSentence(view, words);
    case "saving":
      return words.saving.say(view.name);
    case "thanks":
      return `${greeting(view, words, tell)}. ${words.thanks.kind[view.kind]} ${tell.time(view.local)}. ${words.thanks.saved}.`;
    case "refused":
      return refusedSentence(view, { strip, words });
    case "duplicate":
      return duplicateSentence(view, words, tell);
    case "out-of-order":
      return `${words.outOfOrder.say} ${words.outOfOrder.more}`;
  }
}
