import { openVitals } from "../../../kiosk/host/telemetry.ts";
import { broken, type Check, holds } from "../check.ts";

/** Rooms of figures about the machine. Whatever counts people one by one would need a name of another kind. */
const allowed = /^(system|process|nodejs|lintel\.(camera|reader|journal|engine|uplink))\.[a-z0-9_.]+$/;

export const telemetry: Check = {
  ids: ["SC-12", "IC-10", "AR-13", "O1"],
  how: "the figures that this release reads on this machine, held against the list of those it may send",
  look: async ({ config }) => {
    await using vitals = await openVitals({ directory: config.state });
    const { metrics, histograms = {} } = await vitals.read();
    const names = [...Object.keys(metrics), ...Object.keys(histograms)];
    const strange = names.filter((name) => !allowed.test(name));
    return strange.length === 0
      ? holds(`${names.length} figures, all of the machine`)
      : broken(`${strange[0]} is not on the list`);
  },
};
