import { createHash } from "node:crypto";
import type { ConsentData } from "../record.ts";
import { daysWith } from "../retention.ts";
import type { PolicyKept } from "./privacy-policy.ts";
import { arabic } from "./texts/arabic.ts";
import { chinese } from "./texts/chinese.ts";
import { english } from "./texts/english.ts";
import { german } from "./texts/german.ts";
import { hindi } from "./texts/hindi.ts";
import type { Facts, Item, Texts } from "./texts/kinds.ts";
import { spanish } from "./texts/spanish.ts";

const all: readonly Texts[] = [english, german, spanish, hindi, arabic, chinese];

/** The whole text that somebody is shown before they agree. */
export interface Notice {
  readonly lang: string;
  readonly dir: "ltr" | "rtl";
  readonly why: readonly string[];
  readonly items: readonly Item[];
  readonly agree: string;
  /** For a young person and their guardian, and what the guardian puts their name to; null where there is none. */
  readonly guardian: { readonly both: readonly string[]; readonly agree: string } | null;
  /** As it stands in the record of whoever agrees. */
  readonly text: NonNullable<ConsentData["text"]>;
}

/**
 * @param lang BCP 47; English where we have no words in it.
 * @param isForBoth a guardian reads it too: then what is said to both is part of it, and of its hash.
 */
export function noticeIn(lang: string, { policy }: PolicyKept, site: string, isForBoth = false): Notice {
  const [wanted] = lang.toLowerCase().split("-");
  const texts = all.find((one) => one.lang.split("-")[0] === wanted) ?? english;
  const { controller, dpo, authority, purposes, basis, termDays, minAge, v } = policy;
  const days = daysWith(policy.retention);
  const facts: Facts = {
    ...{ dpo, authority, purposes, basis, site, termDays, minAge },
    controller: controller.name,
    contact: controller.contact,
    templateDays: days.template,
    consentDays: days.consent,
    policyV: v,
  };
  const said = { why: texts.why, items: texts.items(facts), agree: texts.agree(facts) };
  const guardian = isForBoth ? { both: texts.both(facts), agree: texts.guardianAgree(facts) } : null;
  const read = guardian === null ? said : { ...said, guardian };
  const h = createHash("sha256").update(JSON.stringify(read)).digest("base64url");
  return { ...said, guardian, lang: texts.lang, dir: texts.dir, text: { v: policy.texts, lang: texts.lang, h } };
}
