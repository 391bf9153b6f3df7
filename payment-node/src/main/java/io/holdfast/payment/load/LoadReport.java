package io.holdfast.payment.load;

import java.time.Duration;

/**
 * How a load has gone so far. Opened accounts count like transfers, but the latencies are of
 * transfers only, without those of the warm-up, and count from when a request was sent.
 *
 * @param acknowledged requests that are done
 * @param refused requests that will never be done
 * @param unknownResolved requests whose outcome was unknown at first; counted in the two above too
 * @param unresolved requests given up without a definite answer
 * @param retries attempts beyond the first
 * @param median half of the requests took at most this, retries included; without those that were
 *     sent to a shard that had no owner
 * @param p99 99 of 100 did
 * @param longest all did
 * @param orphanedP99 99 of 100 of those that were sent to a shard that had no owner took at most
 *     this
 * @param lateness 99 of 100 were sent at most so long after they were due: what the load itself
 *     adds, and nothing of what is measured
 */
public record LoadReport(
    long acknowledged,
    long refused,
    long unknownResolved,
    long unresolved,
    long retries,
    Duration median,
    Duration p99,
    Duration longest,
    Duration orphanedP99,
    Duration lateness) {}
