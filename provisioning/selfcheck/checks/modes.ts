import { broken, type Check, holds, unchecked } from "../check.ts";
import { stateFiles } from "../state-files.ts";

export const modes: Check = {
  ids: ["EC-9", "AR-15"],
  how: "the modes of the state folder, and of every file in it that others can come to",
  look: async ({ config }) => {
    const files = await stateFiles(config.state);
    if (files.length === 0) return unchecked("there is no state folder here");
    const closed = files.filter(({ isFolder, mode }) => isFolder && (mode & 0o011) === 0).map(({ name }) => name);
    // Nobody comes through a folder that is closed to them, whatever lies in it.
    const isBehind = (name: string): boolean =>
      closed.some((folder) => name !== folder && (folder === "" || name.startsWith(`${folder}/`)));
    const open = files
      .filter(({ name, mode }) => (mode & 0o077) !== 0 && !isBehind(name))
      .map(({ name }) => name || ".");
    return open.length === 0
      ? holds(`${files.length} files and folders are the clock's alone`)
      : broken(`others may read or write ${listed(open)}`);
  },
};

const listed = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(", ") : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
