import { lastOf } from "./attendance.ts";
import { standingAfter } from "./direction.ts";
import type { Book, Mark } from "./marks.ts";

/** What somebody can work at, as the site lists it. */
export interface Job {
  /** Stands in the record. */
  readonly code: string;
  readonly label: string;
  readonly group?: string;
}

export interface Transfer {
  readonly kind: "transfer";
  readonly job: string;
}

/** Groups in the order in which they first come; jobs without one come first. */
export function jobGroups(jobs: readonly Job[]): readonly { readonly group: string; readonly jobs: readonly Job[] }[] {
  const groups = new Map<string, readonly Job[]>([["", []]]);
  for (const job of jobs) groups.set(job.group ?? "", [...(groups.get(job.group ?? "") ?? []), job]);
  return [...groups].filter(([, members]) => members.length > 0).map(([group, members]) => ({ group, jobs: members }));
}

/** From one job to another: only for somebody who is in, and not on a break. */
export const mayTransfer = (last: Mark | null): boolean => last !== null && standingAfter(last.kind) === "in";

/** @returns null where they are not in, the job is not on the list, or they are at it already. */
export function transferTo(code: string, jobs: readonly Job[], book: Book): Transfer | null {
  if (!mayTransfer(lastOf(book)) || !jobs.some((job) => job.code === code)) return null;
  return jobNow(book) === code ? null : { kind: "transfer", job: code };
}

/** What somebody who is here works at; null: nothing was said. A break does not end it, going does. */
export function jobNow({ marks }: Book): string | null {
  let job: string | null = null;
  for (const mark of marks) {
    if (mark.kind === "unknown" || mark.kind === "attest") continue;
    job = mark.kind === "in" || mark.kind === "out" ? mark.job : (mark.job ?? job);
  }
  return job;
}
