import type { Command } from "commander";
import { notedAnswer } from "../../kiosk/desk/messages.ts";
import { askDesk } from "../desk-client.ts";
import { print } from "./print.ts";

/** What of a clock is shut, and opened again, by those who stand beside it. */
export function addShut(program: Command): void {
  const camera = program
    .command("camera")
    .summary("switch the camera of a running clock off, or on again")
    .description(
      "For a supervisor or the privacy officer. Off: no picture is taken, no face is in memory, badges and PINs count as " +
        "always, and the wall says so. It stays off over restarts until it is switched on.",
    )
    .argument("<state>", "off or on")
    .option("--state <dir>", "state folder of the clock", "state")
    .action(async (word: string, { state: directory }: { readonly state: string }) => {
      if (word !== "off" && word !== "on") return camera.error("off or on", { exitCode: 2 });
      await askDesk({ directory, request: { ask: "camera", isOn: word === "on" }, answer: notedAnswer });
      print(word === "on" ? "The camera may see again." : "The camera is off. Badges and PINs count as always.");
    });

  program
    .command("unlock")
    .summary("release a clock that locked itself because its housing was opened")
    .description(
      "For a supervisor who has looked at it: what was built in, what was pulled, who was there. A clock that was locked by " +
        "order is released by the order `unlock` alone.",
    )
    .option("--state <dir>", "state folder of the clock", "state")
    .action(async ({ state: directory }: { readonly state: string }) => {
      await askDesk({ directory, request: { ask: "unlock" }, answer: notedAnswer });
      print("The lock of the housing is released.");
    });
}
