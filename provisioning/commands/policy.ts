import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { textVersion } from "../../kiosk/core/consent/texts/version.ts";
import { Fault } from "../../kiosk/core/fault.ts";
import { signJws } from "../../kiosk/core/jws.ts";
import { policyDocument, policyRole } from "../../kiosk/uplink/contract/privacy.ts";
import { openCloudKeys } from "../receive/cloud-keys.ts";
import { print, printJson } from "./print.ts";

/** The employer's privacy policy: what faces may be used for at which sites (docs/decisions/0015-consent.md). */
export function addPolicy(program: Command): void {
  const policy = program
    .command("policy")
    .summary("write and sign the employer's privacy policy, without which no face is used")
    .description("Give the signed file to a clock with --privacy-policy, or send it: lintel command --op policy.set.");

  policy
    .command("example")
    .summary("print a policy to start from")
    .option("--tenant <name>", "the organisation", "demo")
    .option("--site <name>", "where faces may be used", "riverside")
    .action(({ tenant, site }: { readonly tenant: string; readonly site: string }) => {
      const now = new Date();
      const effective = new Date(now.getTime() + 31 * 86_400_000);
      printJson({
        ...{ v: 1, tenant, published_at: now.toISOString(), effective_at: effective.toISOString(), minor: false },
        controller: { name: "Name of the employer", contact: "where people ask" },
        dpo: null,
        authority: "where people complain",
        purposes: ["work-day"],
        basis: { kind: "consent" },
        face_sites: [site],
        term_days: 365,
        retention: { template: 180 },
        ...{ pack: "default", min_age: 16, guardian_age: null, assessment: null, texts: textVersion },
      });
    });

  policy
    .command("sign")
    .summary("print the signed policy")
    .argument("<file>", "the policy as JSON")
    .requiredOption("--keys <file...>", `keys by role; the one of the role ${policyRole} signs`)
    .action((file: string, { keys }: { readonly keys: readonly string[] }) => {
      const read = policyDocument.safeParse(parsed(file));
      if (!read.success) {
        const [issue] = read.error.issues;
        const member = issue?.code === "unrecognized_keys" ? issue.keys[0] : issue?.path.join(".");
        throw new Fault(
          "policy-refused",
          `${file}: ${member || "it"} is missing, wrong or unknown`,
          "lintel policy example prints one that is right.",
        );
      }
      const signer = openCloudKeys(keys).signers.get(policyRole);
      if (signer === undefined) {
        throw new Fault("key-unusable", `no key of the role ${policyRole} is among them`, "Name its file with --keys.");
      }
      print(signJws("lintel-pol+jws", JSON.stringify(read.data), signer).jws);
    });
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new Fault("policy-refused", `${file} cannot be read as JSON`, "Name the file of a policy.", cause);
  }
}
