import type { View } from "../../../core/view.ts";
import type { At, ViewOf } from "../kinds.ts";
import { absence } from "./absence.tsx";
import { alert } from "./alert.tsx";
import { choose, openShift } from "./choose.tsx";
import { consent } from "./consent.tsx";
import type { Drawn } from "./drawn.ts";
import { duplicate } from "./duplicate.tsx";
import { enrol, enrolled } from "./enrol.tsx";
import { guests } from "./guests.tsx";
import { hours, job } from "./hours.tsx";
import { identify } from "./identify.tsx";
import { idle } from "./idle.tsx";
import { look } from "./look.tsx";
import { muster, override, told } from "./office.tsx";
import { pin } from "./pin.tsx";
import { refused } from "./refused.tsx";
import { request } from "./request.tsx";
import { rights } from "./rights.tsx";
import { outOfOrder, saving, starting } from "./still.tsx";
import { thanks } from "./thanks.tsx";
import { also, ways } from "./ways.tsx";

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
  ways,
  pin,
  also,
  choose,
  "open-shift": openShift,
  hours,
  job,
  request,
  told,
  muster,
  override,
  consent,
  rights,
  guests,
  absence,
  alert,
  "out-of-order": outOfOrder,
};

/** @returns how this view is drawn, bound to its kind. */
export const drawnOf = <A extends At>(view: ViewOf<A>): Drawn<A> => views[view.at as A];

/** Changes where something new is to be seen, heard and said. */
export const momentOf = (view: View): string => `${view.at} ${drawnOf(view).moment?.(view) ?? ""}`;
