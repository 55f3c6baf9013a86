import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readCloudKeys } from "../../kiosk/cloud-keys.ts";
import type { Config } from "../../kiosk/config.ts";
import { isFault } from "../../kiosk/core/fault.ts";
import { matrix, retentionClasses } from "../../kiosk/core/retention.ts";
import { modelManifestUrl } from "../../kiosk/inference/models.ts";
import { policyDocument } from "../../kiosk/uplink/contract/privacy.ts";
import { type Presence, pinOf, presenceOf, readShelf } from "../models/shelf.ts";
import { type Recipient, recipientsOf } from "./recipients.ts";

/** What the pages are made of: read from the settings, the manifest and the employer's own policy, and never guessed. */
export interface Facts {
  readonly config: Config;
  readonly policy: EmployersPolicy | null;
  readonly recipients: readonly Recipient[];
  /** A file of keys is named, and cannot be read from here: receivers of it may be missing. */
  readonly areKeysUnread: boolean;
  readonly classes: readonly {
    readonly cls: string;
    readonly days: number;
    readonly min: number;
    readonly max: number;
    readonly from: string;
    readonly ends: string;
  }[];
  readonly models: readonly {
    readonly kind: string;
    readonly file: string;
    readonly whatItIs: string;
    readonly licence: string;
    readonly sha256: string | null;
    readonly presence: Presence;
  }[];
}

export type EmployersPolicy = ReturnType<typeof policyDocument.parse>;

export async function factsOf(config: Config): Promise<Facts> {
  const policy = await readPolicyOf(config);
  const chosen = { ...policy?.retention, ...config.retention };
  const trust = await readCloudKeys(config).catch((error: unknown) => {
    if (!isFault(error)) throw error;
    return null;
  });
  const shelf = await readShelf(config.models ?? modelManifestUrl);
  return {
    config,
    policy,
    recipients: recipientsOf(config, trust),
    areKeysUnread: trust === null,
    classes: retentionClasses.map((cls) => ({ cls, ...matrix[cls], days: chosen[cls] ?? matrix[cls].days })),
    models: await Promise.all(
      shelf.models.map(async (model) => {
        const { kind, file, whatItIs, licence } = model;
        const sha256 = pinOf(file, shelf.assets)?.sha256 ?? null;
        return { kind, file, whatItIs, licence, sha256, presence: await presenceOf(model, shelf, config.assets) };
      }),
    ),
  };
}

/** What it says, not whether it is genuine: the clock judges that before it lets anybody's face be learnt. */
async function readPolicyOf(config: Config): Promise<EmployersPolicy | null> {
  const file =
    config.privacyPolicy === undefined ? null : await readFile(config.privacyPolicy, "utf8").catch(() => null);
  return said(file) ?? said(await shelvedIn(config.state));
}

async function shelvedIn(state: string): Promise<string | null> {
  const text = await readFile(join(state, "privacy.json"), "utf8").catch(() => null);
  try {
    return text === null ? null : String(JSON.parse(text).now?.jws ?? "");
  } catch {
    return null;
  }
}

function said(jws: string | null): EmployersPolicy | null {
  try {
    const payload = Buffer.from(jws?.trim().split(".")[1] ?? "", "base64url").toString();
    return policyDocument.parse(JSON.parse(payload));
  } catch {
    return null;
  }
}
