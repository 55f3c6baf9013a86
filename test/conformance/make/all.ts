import { cloudCases, keyCases } from "./cloud.ts";
import { type Case, p256Key } from "./kit.ts";
import { messageCases } from "./messages.ts";
import { streamCases, treeCases } from "./streams.ts";

/** The files of test/conformance/cases, by name. */
export const caseFiles: Readonly<Record<string, readonly Case[]>> = {
  keys: keyCases(p256Key),
  messages: messageCases,
  streams: streamCases,
  trees: treeCases,
  ...cloudCases,
};
