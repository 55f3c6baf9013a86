/**
 * What can go wrong in ways we expect. A code is for programs and never changes its meaning; the message is for logs;
 * the remedy is one sentence for the person who stands in front of the box.
 */
export type FaultCode =
  // start
  | "config-invalid"
  | "config-unknown-key"
  | "state-unwritable"
  | "port-taken"
  | "asset-missing"
  | "asset-changed"
  | "asset-unreachable"
  | "tool-missing"
  // camera
  | "camera-missing"
  | "camera-lost"
  | "camera-silent"
  | "camera-garbage"
  // inference
  | "frame-torn"
  | "model-mismatch"
  | "model-banned"
  | "model-licence"
  | "runtime-missing"
  | "engine-lost"
  | "enrol-unusable"
  | "enrol-duplicate"
  | "enrol-ended"
  // the technician's desk
  | "desk-unreachable"
  | "desk-refused"
  | "person-unknown"
  | "session-needed"
  | "role-refused"
  | "operator-refused"
  | "operators-damaged"
  | "snapshot-unusable"
  | "clock-locked"
  // counters
  | "not-here"
  | "visitors-full"
  | "copy-failed"
  | "request-unknown"
  // consent
  | "policy-refused"
  | "policy-notice-short"
  | "policy-damaged"
  | "faces-not-allowed"
  | "consent-refused"
  | "guardian-missing"
  | "guardian-refused"
  // evaluation
  | "eval-unusable"
  // acceptance of a site
  | "acceptance-unusable"
  | "acceptance-report-invalid"
  // reader
  | "reader-missing"
  | "reader-closed"
  | "reader-lost"
  // housing
  | "housing-unread"
  // store
  | "journal-busy"
  | "journal-corrupt"
  | "journal-rolled-back"
  | "journal-write-failed"
  | "disk-full"
  | "disk-read-only"
  | "record-too-large"
  | "settings-corrupt"
  | "seal-broken"
  | "person-suppressed"
  | "pin-refused"
  | "suppression-damaged"
  | "retention-damaged"
  | "hold-damaged"
  | "hold-refused"
  | "order-book-failed"
  | "roster-write-failed"
  // set-up by ticket
  | "machine-unsuited"
  | "ticket-invalid"
  | "ticket-expired"
  | "ticket-used"
  | "ticket-foreign"
  | "ticket-missing"
  | "authority-unreachable"
  | "authority-refused"
  | "answer-awaited"
  | "words-differ"
  | "service-failed"
  | "punch-missing"
  | "set-up-busy"
  // care of the fleet
  | "backup-unusable"
  | "backup-foreign"
  | "replace-refused"
  | "decommission-refused"
  | "decommission-unproven"
  | "decommissioned"
  // uplink
  | "broker-unreachable"
  | "broker-refused"
  | "broker-taken-over"
  | "certificate-expired"
  | "clock-wrong"
  | "receipt-invalid"
  // orders from the cloud
  | "order-refused"
  | "reboot-refused"
  | "receiver-silent"
  // receiver
  | "sink-unreachable"
  | "sink-unusable"
  | "sink-lost"
  | "key-unusable"
  // updates
  | "update-unreachable"
  | "update-unsigned"
  | "update-untrusted"
  | "update-damaged"
  | "update-older"
  | "update-expired"
  | "update-other-machine"
  | "update-unfit"
  | "update-busy"
  | "update-nothing"
  | "update-returned";

/** An expected failure. Anything thrown that is not a Fault is a bug and ends the process (exit 70). */
export class Fault extends Error {
  override readonly name = "Fault";
  readonly code: FaultCode;
  /** What a technician can do about it, in one sentence. */
  readonly remedy: string;

  constructor(code: FaultCode, message: string, remedy: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.remedy = remedy;
  }
}

export const isFault = (error: unknown, ...codes: readonly FaultCode[]): error is Fault =>
  error instanceof Fault && (codes.length === 0 || codes.includes(error.code));
