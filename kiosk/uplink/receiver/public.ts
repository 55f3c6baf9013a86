/** The front door of the published package: what a backend imports as `lintel/receiver`. Inside the house nobody does. */
export { type LuCode, LuError, type Signer } from "../../core/jws.ts";
export { kidOf, type PublicJwk } from "../../core/kid.ts";
export { isOfReceipt, longReceiptCode, readReceiptCode } from "../../core/receipt.ts";
export type { Identity, Position } from "../../core/record.ts";
export { luWords } from "../contract/codes.ts";
export { type Ingress, unwrapIngress } from "../contract/ingress.ts";
export { keyFromJwk } from "../contract/keys.ts";
export { profiles, receiverAddresses } from "../contract/profiles.ts";
export { generic5, type TopicCodec } from "../contract/topics.ts";
export { isConsistent, isIncluded } from "../contract/tree.ts";
export type { Roster } from "../contract/turn-pages.ts";
export { type AckExtras, ackOf } from "./ack.ts";
export type { Desired, DesiredShelf } from "./desired-shelf.ts";
export { type Certificate, certificatesOf, type Forgotten, forgetIn } from "./forget.ts";
export { type Gap, gapsOf } from "./gaps.ts";
export { type Head, type Statement, standsOf, type Taken, takeIn } from "./intake.ts";
export type { Outcome } from "./ledger.ts";
export { type Letter, letterTo, type Sender } from "./letter.ts";
export type { Stand, Stream } from "./life.ts";
export { openMemorySink } from "./memory-sink.ts";
export { type KnownOrder, type OpenOrder, type OrderNews, type OrderShelf, orderNewsIn } from "./order-shelf.ts";
export { type CommandOutbox, openOutbox } from "./outbox.ts";
export { type InclusionProof, proofOf } from "./proof.ts";
export {
  type Ingested,
  identityOf,
  openReceiver,
  type Receiver,
  type ReceiverOptions,
} from "./receiver.ts";
export { type KeyRegistry, type KeySpan, openKeyRegistry } from "./registry.ts";
export { emptyRoster, openRosterPublisher, type RosterPublisher } from "./roster-publisher.ts";
export { type Since, sinceOf } from "./since.ts";
export type { Drawer, Found, Loaded, Quarantined, Sink, SinkReader } from "./sink.ts";
export { type VerifiedRecord, verifyRecord, verifyRecords, verifyStatus, verifySync } from "./verify.ts";
export { channelIn, lettersIn } from "./wrappers.ts";
