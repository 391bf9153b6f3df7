package io.holdfast.lock;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** One acquisition of a history, and what became of it. */
final class Wish {

  /** Lock to mode, as the names of places tell it. */
  private final Map<LockName, String> modes;

  private final CompletableFuture<Optional<QueueGrant>> outcome;
  private boolean over;

  Wish(List<LockClaim> claims, CompletableFuture<Optional<QueueGrant>> outcome) {
    this.modes =
        claims.stream().collect(Collectors.toMap(LockClaim::name, claim -> claim.mode().text()));
    this.outcome = outcome;
  }

  Optional<QueueGrant> grant() {
    return outcome.isDone() && !outcome.isCompletedExceptionally()
        ? outcome.join()
        : Optional.empty();
  }

  boolean waits() {
    return !outcome.isDone();
  }

  /** Granted, and neither released nor known to be lost. */
  boolean holds() {
    return !over && grant().isPresent();
  }

  boolean giveUp() {
    return outcome.cancel(false);
  }

  void release() {
    over = true;
    grant().ifPresent(QueueGrant::release);
  }

  Optional<String> modeOn(LockName lock) {
    return Optional.ofNullable(modes.get(lock));
  }

  /** True if some lock is wanted by both, in ways that do not go together. */
  boolean conflictsWith(Wish other) {
    return modes.entrySet().stream()
        .anyMatch(
            mine ->
                other
                    .modeOn(mine.getKey())
                    .filter(theirs -> !ModeRule.together(List.of(mine.getValue(), theirs)))
                    .isPresent());
  }

  @Override
  public String toString() {
    return modes + " " + grant().map(QueueGrant::toString).orElse("waiting or ended");
  }
}
