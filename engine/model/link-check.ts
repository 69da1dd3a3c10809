/**
 * How a link to another host is. ok: it is there. moved: it is there, and its host says where it stands for
 * good. broken: its host says that there is nothing. refused: the egress policy or the certificate forbids to
 * ask, or to follow where it leads. unreachable: nobody answered, twice. unsure: the host answered with what
 * it may show to robots alone.
 */
export const linkOutcomes = ["ok", "moved", "broken", "refused", "unreachable", "unsure"] as const;
export type LinkOutcome = (typeof linkOutcomes)[number];

/** What came of looking at a link. */
export interface LinkFinding {
  readonly outcome: LinkOutcome;
  /** Of the last answer; absent where there was none. */
  readonly status?: number;
  /** Where it moved to, or what went wrong. */
  readonly detail?: string;
}

/** A finding, and when it was made. */
export interface LinkCheck extends LinkFinding {
  readonly checkedAt: Date;
}
