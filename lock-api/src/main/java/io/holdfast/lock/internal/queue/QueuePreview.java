package io.holdfast.lock.internal.queue;

import io.holdfast.lock.QueueFullException;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Session;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Whether a newcomer would be admitted in some queues, found by a read without joining.
 *
 * @param free whether it would be admitted at once
 * @param oneEach whether each queue that is not free has only one place
 * @param refusal if it would have to wait and a queue is too long: the exception that refuses it
 */
record QueuePreview(boolean free, boolean oneEach, Optional<QueueFullException> refusal) {

  /**
   * Reads the queues.
   *
   * @return fails as {@link Session#names}
   */
  static CompletableFuture<QueuePreview> of(
      Session session, List<LockClaim> claims, Consistency consistency) {
    CompletableFuture<QueuePreview> queuePreview =
        CompletableFuture.completedFuture(new QueuePreview(true, true, Optional.empty()));
    for (LockClaim claim : claims) {
      queuePreview =
          queuePreview.thenCombine(
              session
                  .names(claim.queue(), consistency)
                  .thenApply(names -> names.stream().filter(session::isPlace).toList()),
              (before, names) -> {
                boolean free = Admission.inTheWay(claim.mode(), names, session::modeOf).isEmpty();
                return new QueuePreview(
                    before.free && free,
                    before.oneEach && (free || names.size() == 1),
                    before.refusal.or(() -> refusal(claim, names.size())));
              });
    }
    return queuePreview;
  }

  /**
   * Whether it is possible that nobody holds: each queue is empty, or has a single place that may
   * be kept without being held.
   *
   * @return fails as {@link Session#list}
   */
  static CompletableFuture<Boolean> areOnlyKept(Session session, List<LockClaim> claims) {
    CompletableFuture<Boolean> kept = CompletableFuture.completedFuture(true);
    for (LockClaim claim : claims) {
      kept =
          kept.thenCombine(
              session.list(claim.queue(), Consistency.SEQUENTIAL),
              (before, queue) -> {
                List<Entry> places =
                    queue.entries().stream()
                        .filter(entry -> session.isPlace(entry.key().name()))
                        .toList();
                return before
                    && places.size() <= 1
                    && places.stream().allMatch(OwnerDetails::mayBeKept);
              });
    }
    return kept;
  }

  /** The refusal, if {@code ahead} exceeds the claim's limit. */
  static Optional<QueueFullException> refusal(LockClaim claim, int ahead) {
    return ahead > claim.config().maxAhead()
        ? Optional.of(new QueueFullException(claim, ahead))
        : Optional.empty();
  }
}
