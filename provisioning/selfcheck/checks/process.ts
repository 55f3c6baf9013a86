import { readFile } from "node:fs/promises";
import { broken, type Check, holds, notRunning, unchecked } from "../check.ts";

export const dumps: Check = {
  ids: ["IC-28"],
  how: "the limits of the clock's process: no core dump, nothing of it in swap",
  look: async ({ pid }) => {
    if (pid === null) return notRunning;
    const read = (name: string): Promise<string> => readFile(`/proc/${pid}/${name}`, "utf8").catch(() => "");
    const [limits, status, group] = await Promise.all([read("limits"), read("status"), read("cgroup")]);
    if (limits === "") return unchecked("only the clock's own user and root may see its limits");
    const cores = /^Max core file size\s+(\S+)/m.exec(limits)?.[1];
    const swappedKb = Number(/^VmSwap:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    if (cores === "0" && swappedKb === 0) return holds("no core dump can be written, nothing is swapped out");
    if (!group.includes(".service"))
      return unchecked("this clock does not run as a service, whose unit sets the limits");
    return broken(cores === "0" ? `${swappedKb} kB are swapped out` : "a crash would write a core dump");
  },
};
