import type { Command } from "commander";
import type { DeskNews } from "../../kiosk/core/desk.ts";
import { isFault } from "../../kiosk/core/fault.ts";
import { notedAnswer } from "../../kiosk/desk/messages.ts";
import { askDesk } from "../desk-client.ts";
import { stateOrInstalled } from "../doctor/installed.ts";
import { print } from "./print.ts";

interface TechnicianFlags {
  readonly state: string;
  readonly wall?: boolean;
  readonly json?: boolean;
}

export function addTechnician(program: Command): void {
  program
    .command("technician")
    .summary("open the technician's page of a running clock: findings and live figures")
    .description(
      "Needs a technician's session (lintel session begin). Prints an address of this machine and a code that works once, and " +
        "keeps the page open until you end this with Ctrl+C, leave the page, or your session is over. From elsewhere: " +
        "ssh -L 8080:127.0.0.1:8080 CLOCK lintel technician.",
    )
    .option("--state <dir>", "state folder of the clock, or the folder of its desk", stateOrInstalled())
    .option("--wall", "turn the wall's own screen to it; people are kept from it meanwhile, their badges are not")
    .option("--json", "print address and code for a program")
    .action(async ({ state: directory, wall = false, json }: TechnicianFlags) => {
      const leave = new AbortController();
      process.once("SIGINT", () => leave.abort());
      const onNews = (news: DeskNews): void => {
        if (!("page" in news)) return;
        const { url, code } = news.page;
        // One line, so that a program can read it while this goes on.
        if (json) print(JSON.stringify({ url, code }));
        else print(`${url}\nCode ${code.slice(0, 4)} ${code.slice(4)}, once. Ctrl+C ends it.`);
      };
      try {
        const request = { ask: "technician", onWall: wall } as const;
        await askDesk({ directory, request, answer: notedAnswer, onNews, signal: leave.signal });
        if (!json) print("The page is closed.");
      } catch (error) {
        if (!leave.signal.aborted || !isFault(error, "enrol-ended")) throw error;
        if (!json) print("The page is closed.");
      }
    });
}
