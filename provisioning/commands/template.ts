import type { Command } from "commander";
import { notedAnswer } from "../../kiosk/desk/messages.ts";
import { askDesk } from "../desk-client.ts";
import { print } from "./print.ts";

export function addTemplate(program: Command): void {
  const template = program.command("template").summary("what is stored of faces, at a running clock");
  template
    .command("renew")
    .summary("turn all stored faces by a new key, so that a copy of what was here fits nobody any more")
    .description(
      "For the privacy officer, where somebody may have copied what is stored, and now and then without any reason. Nobody " +
        "has to be enrolled again. The clock opens anew between two visits, turns what it has and destroys the key before.",
    )
    .option("--state <dir>", "state folder of the clock", "state")
    .action(async ({ state: directory }: { readonly state: string }) => {
      await askDesk({ directory, request: { ask: "renew" }, answer: notedAnswer });
      print("A new key is made. As soon as nobody stands there the clock opens anew and turns all faces by it.");
    });
}
