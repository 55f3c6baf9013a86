import type { View } from "../../../core/view.ts";
import type { At, ViewOf } from "../kinds.ts";
import type { Drawn } from "./drawn.ts";
import { duplicate } from "./duplicate.tsx";
import { enrol, enrolled } from "./enrol.tsx";
import { identify } from "./identify.tsx";
import { idle } from "./idle.tsx";
import { look } from "./look.tsx";
import { refused } from "./refused.tsx";
import { outOfOrder, saving, starting } from "./still.tsx";
import { thanks } from "./thanks.tsx";

/** Every kind of view, and how it is drawn. The compiler names one that is missing. */
const views: { readonly [A in At]: Drawn<A> } = {
  starting,
  idle,
  identify,
  look,
  enrol,
  enrolled,
  saving,
  thanks,
  refused,
  duplicate,
  "out-of-order": outOfOrder,
};

/** @returns how this view is drawn, bound to its kind. */
export const drawnOf = <A extends At>(view: ViewOf<A>): Drawn<A> => views[view.at as A];

/** Changes where something new is to be seen, heard and said. */
export const momentOf = (view: View): string => `${view.at} ${drawnOf(view).moment?.(view) ?? ""}`;
