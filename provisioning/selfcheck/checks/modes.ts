import { broken, type Check, holds, unchecked } from "../check.ts";
import { stateFiles } from "../state-files.ts";

export const modes: Check = {
  ids: ["EC-9", "AR-15"],
  how: "the modes of every file in the state folder",
  look: async ({ config }) => {
    const files = await stateFiles(config.state);
    if (files.length === 0) return unchecked("there is no state folder here");
    const open = files.filter(({ mode }) => (mode & 0o077) !== 0).map(({ name }) => name || ".");
    return open.length === 0
      ? holds(`${files.length} files and folders are the clock's alone`)
      : broken(`others may read or write ${listed(open)}`);
  },
};

const listed = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(", ") : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
