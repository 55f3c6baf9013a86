import { isFault } from "../../../kiosk/core/fault.ts";
import { openEngine } from "../../../kiosk/inference/engine.ts";
import { modelManifestUrl } from "../../../kiosk/inference/models.ts";
import { openModelFiles } from "../../../kiosk/supplies.ts";
import { presenceOf, readShelf } from "../../models/shelf.ts";
import { bad, type Finding, good, wrong } from "../finding.ts";
import type { Machine } from "../machine.ts";

/** Every model against its pin, and then whether this machine's runtime runs them; a clock that runs has shown that. */
export async function lookAtModels({ config, running }: Machine): Promise<readonly Finding[]> {
  try {
    const shelf = await readShelf(config.models ?? modelManifestUrl);
    const standing = await Promise.all(
      shelf.models.map(async (model) => ({ file: model.file, is: await presenceOf(model, shelf, config.assets) })),
    );
    const missing = standing.filter(({ is }) => is === "missing").map(({ file }) => file);
    const changed = standing.filter(({ is }) => is === "changed" || is === "not listed").map(({ file }) => file);
    if (changed.length > 0) return [bad("models-changed", `not as pinned: ${changed.join(", ")}`, "files")];
    if (missing.length > 0) return [bad("models-missing", `not in ${config.assets}: ${missing.join(", ")}`, "files")];
    const files = good("files", `${standing.length} models as pinned`);
    if (running !== null && running.rooms.engine === "up")
      return [files, good("runtime", "the running clock uses them")];
    const { models, weights } = await openModelFiles(config);
    const beganMs = performance.now();
    await using _engine = await openEngine({ models, modelBytes: weights.bytes });
    return [files, good("runtime", `loads them all in ${((performance.now() - beganMs) / 1_000).toFixed(1)} s`)];
  } catch (error) {
    if (!isFault(error)) throw error;
    if (isFault(error, "model-mismatch", "runtime-missing", "engine-lost"))
      return [bad("models-do-not-run", error.message, "runtime")];
    return [wrong("models", error)];
  }
}
