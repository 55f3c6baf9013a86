import type { Step } from "../step.ts";
import { broker } from "./broker.ts";
import { camera } from "./camera.ts";
import { certificate } from "./certificate.ts";
import { disk } from "./disk.ts";
import { installed } from "./installed.ts";
import { keys } from "./keys.ts";
import { machine } from "./machine.ts";
import { models } from "./models.ts";
import { punch } from "./punch.ts";
import { reader } from "./reader.ts";
import { services } from "./services.ts";
import { settings } from "./settings.ts";
import { ticket } from "./ticket.ts";
import { time } from "./time.ts";
import { updates } from "./updates.ts";
import { words } from "./words.ts";

/** From a board to a clock, in this order: what comes later needs what comes before. */
export const steps: readonly Step[] = [
  ...[machine, disk, ticket, time, keys, certificate, words, updates],
  ...[models, camera, reader, broker, settings, services, punch, installed],
];
