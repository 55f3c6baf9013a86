import type { GuestsAct } from "../kinds.ts";
import { FootButton, MoreTime, type Wall } from "../sheet.tsx";

export const acts =
  ({ touch }: Wall, act: GuestsAct): (() => void) =>
  () =>
    touch({ touch: "guests", act });

/** What stands under a page at the visitors' counter. */
export const GuestsFoot = ({ wall, canBack = false }: { readonly wall: Wall; readonly canBack?: boolean }) => (
  <>
    {canBack && <FootButton label={wall.words.visit.back} onTouch={acts(wall, { act: "back" })} />}
    <FootButton label={wall.words.visit.close} onTouch={acts(wall, { act: "close" })} />
    <MoreTime wall={wall} />
  </>
);
