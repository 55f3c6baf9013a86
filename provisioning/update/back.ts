import { Fault } from "../../kiosk/core/fault.ts";
import { writeBook } from "./book.ts";
import { announceTrial, pointAt } from "./disk.ts";
import { look } from "./look.ts";
import { type Outcome, type Updating, update } from "./update.ts";

/**
 * Goes back to the version that ran before this one, and to no other: on trial, as every version that comes. What is left
 * is not installed again by itself.
 *
 * @throws Fault `update-nothing` where there is nothing to go back from.
 */
export async function goBack(updating: Updating): Promise<Outcome> {
  const { places, keyOf, service, nowUtcMs } = updating;
  const { book, current, trial, package: factory } = await look(places, keyOf);
  if (trial !== null || current === null) {
    throw new Fault(
      "update-nothing",
      `there is nothing to go back from: ${trial === null ? "the package's own version runs" : "an update is on trial"}`,
      "What is on trial comes back by itself; the package goes back with apt.",
    );
  }
  const left = { version: current, why: "by-hand", atUtcMs: nowUtcMs() };
  await writeBook(places, { ...book, staged: null, passed: [...book.passed, left, left] });
  if (book.previous === null) {
    // There is nothing behind it to go back to, so it is on no trial.
    await pointAt(places, null);
    await service.restart();
    return { is: "kept", version: factory, outMs: null };
  }
  await announceTrial(places, book.previous, current);
  await pointAt(places, book.previous);
  return update(updating, { version: null, from: null, mayInstall: true, isByHand: true });
}
