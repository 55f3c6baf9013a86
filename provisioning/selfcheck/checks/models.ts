import { modelManifestUrl } from "../../../kiosk/inference/models.ts";
import { presenceOf, readShelf } from "../../models/shelf.ts";
import { broken, type Check, holds, unchecked } from "../check.ts";

/** What a clock needs to know who it is and that they live. Nothing that guesses at feelings, age, sex or descent. */
const kindsWeNeed: readonly string[] = ["detector", "landmarks", "embedding", "pad", "eye", "pose"];

export const models: Check = {
  ids: ["L16", "SC-4"],
  how: "the hashes of all models, held against the manifest, and their kinds against those that a clock needs",
  look: async ({ config }) => {
    const shelf = await readShelf(config.models ?? modelManifestUrl);
    const strange = shelf.models.find(({ kind }) => !kindsWeNeed.includes(kind));
    if (strange !== undefined) return broken(`${strange.file} is of a kind that no clock needs: ${strange.kind}`);
    const standing = await Promise.all(
      shelf.models.map(async (model) => ({ file: model.file, is: await presenceOf(model, shelf, config.assets) })),
    );
    const wrong = standing.find(({ is }) => is === "changed" || is === "not listed");
    if (wrong !== undefined) return broken(`${wrong.file} is ${wrong.is}`);
    const missing = standing.filter(({ is }) => is === "missing").length;
    if (missing === standing.length) return unchecked("no model lies on this machine");
    return holds(`${standing.length - missing} models as listed, each of a kind that a clock needs`);
  },
};
