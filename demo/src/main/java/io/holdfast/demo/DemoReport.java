package io.holdfast.demo;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Map;

/**
 * What {@code --json} writes: part of the interface. Counts are of requests, opened accounts
 * included; {@code payments_…} and all times are of transfers alone, {@code scenarios} of all; an
 * absent takeover (no node was killed) is -1. {@code other_shards_in_time} is the share, 0 to 1, of
 * transfers on shards that kept their owner which had their answer within a second, in the worst
 * second of the takeover. {@code orphaned_p99_ms} is of transfers sent to shards that had no owner
 * or no database then, which {@code p50_ms} and {@code p99_ms} leave out. {@code late_p99_ms} says
 * how late the load itself sent them. {@code commits_at_kill} counts the killed node's transactions
 * that were prepared in both databases and undecided. {@code undecided_at_kill} counts requests
 * over several shards, and their parts, that waited for a decision in the killed node's shards;
 * {@code undecided_at_end} those of all shards in the end. {@code database_restart_ms} lasts until
 * every shard took transfers again. {@code acquirer_differences} counts cards that were charged and
 * not booked, or the other way round. {@code audit_looked} counts everything that the audit looked
 * at.
 */
@JsonPropertyOrder(alphabetic = false)
record DemoReport(
    @JsonProperty("backend") String backend,
    @JsonProperty("nodes") int nodes,
    @JsonProperty("seconds") double seconds,
    @JsonProperty("seed") long seed,
    @JsonProperty("payments_acknowledged") long paymentsAcknowledged,
    @JsonProperty("payments_failed_cleanly") long paymentsFailedCleanly,
    @JsonProperty("payments_unknown_resolved") long paymentsUnknownResolved,
    @JsonProperty("payments_unresolved") long paymentsUnresolved,
    @JsonProperty("scenarios") Map<String, ScenarioCounts> scenarios,
    @JsonProperty("topups_processing") int topUpsProcessing,
    @JsonProperty("acquirer_differences") int acquirerDifferences,
    @JsonProperty("kills") int kills,
    @JsonProperty("takeover_ms") long takeoverMs,
    @JsonProperty("commits_at_kill") int commitsAtKill,
    @JsonProperty("undecided_at_kill") int undecidedAtKill,
    @JsonProperty("undecided_at_end") int undecidedAtEnd,
    @JsonProperty("database_restart_ms") long databaseRestartMs,
    @JsonProperty("fence_rejections") long fenceRejections,
    @JsonProperty("lost_acknowledged") long lostAcknowledged,
    @JsonProperty("duplicate_effects") long duplicateEffects,
    @JsonProperty("audit_looked") long auditLooked,
    @JsonProperty("audit_wrong") long auditWrong,
    @JsonProperty("audit_clean") boolean auditClean,
    @JsonProperty("shards") int shards,
    @JsonProperty("shards_without_owner") int shardsWithoutOwner,
    @JsonProperty("throughput_per_s") double throughputPerSecond,
    @JsonProperty("p50_ms") double p50Millis,
    @JsonProperty("p99_ms") double p99Millis,
    @JsonProperty("orphaned_p99_ms") double orphanedP99Millis,
    @JsonProperty("late_p99_ms") double lateP99Millis,
    @JsonProperty("other_shards_in_time") double otherShardsInTime) {

  /** True if money, payments and shards are as they must be. */
  boolean holds() {
    return lostAcknowledged == 0
        && duplicateEffects == 0
        && auditClean
        && paymentsUnresolved == 0
        && shardsWithoutOwner == 0
        && undecidedAtEnd == 0
        && topUpsProcessing == 0
        && acquirerDifferences == 0
        && paymentsAcknowledged > 0
        && scenarios.values().stream().allMatch(each -> each.done() > 0 && each.unresolved() == 0);
  }
}
