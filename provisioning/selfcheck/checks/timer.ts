import { access } from "node:fs/promises";
import { type Check, holds, unchecked } from "../check.ts";

const unit = "lintel-selfcheck.timer";
const places = ["/etc/systemd/system/timers.target.wants", "/usr/lib/systemd/system/timers.target.wants"];

export const timer: Check = {
  ids: ["OH-19"],
  how: "whether the machine starts this check by itself",
  look: async () => {
    const found = await Promise.all(
      places.map((place) =>
        access(`${place}/${unit}`).then(
          () => true,
          () => false,
        ),
      ),
    );
    return found.includes(true)
      ? holds(`${unit} is switched on`)
      : unchecked(`no ${unit} is switched on on this machine`);
  },
};
