#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { Fault } from "../kiosk/core/fault.ts";
import { addAcceptance } from "./commands/acceptance.ts";
import { addAssets } from "./commands/assets.ts";
import { addAudit } from "./commands/audit.ts";
import { addBackup } from "./commands/backup.ts";
import { addBadge } from "./commands/badge.ts";
import { addCommand } from "./commands/command.ts";
import { addConfig } from "./commands/config.ts";
import { addConform } from "./commands/conform.ts";
import { addContract } from "./commands/contract.ts";
import { addDecommission } from "./commands/decommission.ts";
import { addDisclose } from "./commands/disclose.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addDpia } from "./commands/dpia.ts";
import { addEnrol } from "./commands/enrol.ts";
import { addErase } from "./commands/erase.ts";
import { addEval } from "./commands/eval.ts";
import { addFieldGuide } from "./commands/field-guide.ts";
import { addFleet } from "./commands/fleet.ts";
import { addGaps } from "./commands/gaps.ts";
import { addHold } from "./commands/hold.ts";
import { addInspect } from "./commands/inspect.ts";
import { addModels } from "./commands/models.ts";
import { addMuster } from "./commands/muster.ts";
import { addOpenCopy } from "./commands/open-copy.ts";
import { addOperator } from "./commands/operator.ts";
import { addPass } from "./commands/pass.ts";
import { addPeople } from "./commands/people.ts";
import { addPin } from "./commands/pin.ts";
import { addPolicy } from "./commands/policy.ts";
import { addProof } from "./commands/proof.ts";
import { addProvision } from "./commands/provision.ts";
import { addReader } from "./commands/reader.ts";
import { addReceipt } from "./commands/receipt.ts";
import { addReceive } from "./commands/receive.ts";
import { addRelease } from "./commands/release.ts";
import { addReplace } from "./commands/replace.ts";
import { addRequests } from "./commands/requests.ts";
import { addSelfcheck } from "./commands/selfcheck.ts";
import { addSession } from "./commands/session.ts";
import { addShut } from "./commands/shut.ts";
import { addSnapshot } from "./commands/snapshot.ts";
import { addStore } from "./commands/store.ts";
import { addSupport } from "./commands/support.ts";
import { addTechnician } from "./commands/technician.ts";
import { addTemplate } from "./commands/template.ts";
import { addTicket } from "./commands/ticket.ts";
import { addUpdate } from "./commands/update.ts";
import { addVerify } from "./commands/verify.ts";
import { addVisitors } from "./commands/visitors.ts";
import { addWays } from "./commands/ways.ts";

/**
 * The technician's command. Exit codes: 0 as it should be, 1 something was found wrong, 2 the command was not
 * understood or could not be carried out.
 */
const program = new Command("lintel")
  .description(
    "Tools for a Lintel time clock: enrol people, prove its journal, read its settings, fetch what it needs.",
  )
  .exitOverride()
  .showSuggestionAfterError()
  .addHelpText(
    "after",
    "\nExit codes: 0 fine, 1 something is wrong with what was looked at, 2 the command could not be carried out.",
  );

for (const add of [
  addVerify,
  addConfig,
  addContract,
  addConform,
  addInspect,
  addAssets,
  addDoctor,
  addEnrol,
  addOperator,
  addSession,
  addAudit,
  addDisclose,
  addSnapshot,
  addBadge,
  addReader,
  addModels,
  addPeople,
  addHold,
  addErase,
  addPin,
  addPolicy,
  addPass,
  addEval,
  addReceive,
  addRelease,
  addFleet,
  addCommand,
  addGaps,
  addStore,
  addProof,
  addReceipt,
  addRequests,
  addOpenCopy,
  addDpia,
  addMuster,
  addShut,
  addSelfcheck,
  addUpdate,
  addVisitors,
  addWays,
  addAcceptance,
  addFieldGuide,
  addTechnician,
  addTemplate,
  addBackup,
  addReplace,
  addDecommission,
  addSupport,
  addTicket,
  addProvision,
])
  add(program);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else if (error instanceof Fault) {
    process.stderr.write(`${error.message}. ${error.remedy} (${error.code})\n`);
    process.exitCode = 2;
  } else throw error;
}
