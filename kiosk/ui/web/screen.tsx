import type { View } from "../../core/view.ts";
import type { Wall } from "./sheet.tsx";
import { drawnOf } from "./views/all.ts";
import { Unreachable, unreachableSentence } from "./views/still.tsx";

/** The wall for one Screenful: same view, same wall, same picture. A null view is a page that lost its clock. */
export const Screen = ({ view, wall }: { readonly view: View | null; readonly wall: Wall }) => (
  <>
    <p class="unseen" role="status" aria-live="polite">
      {sentenceOf(view, wall)}
    </p>
    {view === null ? <Unreachable wall={wall} /> : drawnOf(view).draw(view, wall)}
  </>
);

/** What is said of a view when it comes, by a screen reader or the clock's own voice. */
export const sentenceOf = (view: View | null, wall: Wall): string =>
  view === null ? unreachableSentence(wall) : drawnOf(view).sentence(view, wall);
