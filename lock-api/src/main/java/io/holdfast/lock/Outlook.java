package io.holdfast.lock;

import io.holdfast.coordination.Consistency;
import io.holdfast.coordination.Session;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * How a newcomer would fare in some queues, seen without queueing.
 *
 * @param free whether it would be admitted at once
 * @param refusal if it would have to wait: why it must not, if some queue is too long for that
 */
record Outlook(boolean free, Optional<QueueFullException> refusal) {

  /**
   * Looks.
   *
   * @return fails as {@link Session#names}
   */
  static CompletableFuture<Outlook> of(
      Session session, List<LockClaim> claims, Consistency consistency) {
    CompletableFuture<Outlook> outlook =
        CompletableFuture.completedFuture(new Outlook(true, Optional.empty()));
    for (LockClaim claim : claims) {
      outlook =
          outlook.thenCombine(
              session
                  .names(claim.queue(), consistency)
                  .thenApply(names -> names.stream().filter(session::isPlace).toList()),
              (before, names) ->
                  new Outlook(
                      before.free
                          && Admission.inTheWay(claim.mode(), names, session::modeOf).isEmpty(),
                      before.refusal.or(() -> refusal(claim, names.size()))));
    }
    return outlook;
  }

  /** Why nobody is to wait behind so many, if so. */
  static Optional<QueueFullException> refusal(LockClaim claim, int ahead) {
    return ahead > claim.limits().mostAhead()
        ? Optional.of(new QueueFullException(claim, ahead))
        : Optional.empty();
  }
}
