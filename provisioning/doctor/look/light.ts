import type { FaceTally } from "../../../kiosk/core/technician.ts";
import { type Finding, good, unknown, weak } from "../finding.ts";

/** Half of those who came and could not be used for one reason is that reason's fault, not theirs. */
export function* lightOfFaces({ seen, tooDark, tooBright, blurred, repeats }: FaceTally): Generator<Finding> {
  if (repeats) yield weak("camera-frozen", "a picture came back that was there before", "freeze");
  if (seen < 10) {
    yield unknown("light", "hardly anybody stood here of late", "Stand before the camera and run this again.");
    return;
  }
  const share = (count: number): string => `${Math.round((100 * count) / seen)} % of ${seen} pictures of faces`;
  const before = [tooDark, tooBright, blurred];
  if (2 * tooDark > seen) yield weak("camera-dark", `${share(tooDark)} were too dark`, "light");
  if (2 * tooBright > seen) yield weak("camera-bright", `${share(tooBright)} were too bright`, "light");
  if (2 * blurred > seen) yield weak("camera-blurred", `${share(blurred)} were not sharp`, "focus");
  if (before.every((count) => 2 * count <= seen))
    yield good("light", `light and focus were good enough in ${share(seen - tooDark - tooBright - blurred)}`);
}
