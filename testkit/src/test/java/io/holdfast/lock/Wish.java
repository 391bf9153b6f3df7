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
  private final boolean downgradable;
  private boolean over;
  private boolean downgraded;

  Wish(List<LockClaim> claims, CompletableFuture<Optional<QueueGrant>> outcome) {
    this.modes =
        claims.stream()
            .collect(
                Collectors.toMap(
                    LockClaim::name, claim -> claim.mode().text(), (write, read) -> write));
    this.downgradable = claims.stream().map(LockClaim::name).distinct().count() < claims.size();
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

  /** Holds for writing, and may go on as a reader. */
  boolean mayDowngrade() {
    return holds() && downgradable && !downgraded;
  }

  void downgrade() {
    downgraded = true;
    grant().ifPresent(QueueGrant::downgrade);
  }

  Optional<String> modeOn(LockName lock) {
    return Optional.ofNullable(modes.get(lock)).map(mode -> downgraded ? "read" : mode);
  }

  /** True if some lock is wanted by both, in ways that do not go together. */
  boolean conflictsWith(Wish other) {
    return modes.keySet().stream()
        .anyMatch(
            lock ->
                other
                    .modeOn(lock)
                    .filter(
                        theirs -> !ModeRule.together(List.of(modeOn(lock).orElseThrow(), theirs)))
                    .isPresent());
  }

  @Override
  public String toString() {
    return modes
        + (downgraded ? " downgraded " : " ")
        + grant().map(QueueGrant::toString).orElse("waiting or ended");
  }
}
