package io.holdfast.lock;

import io.holdfast.coordination.Revision;
import io.holdfast.lock.internal.local.LocalGrant;
import io.holdfast.lock.internal.queue.Acquisition;
import io.holdfast.lock.internal.queue.LockClaim;
import io.holdfast.lock.internal.queue.QueueGrant;
import io.holdfast.lock.internal.upgrade.UpgradableHold;
import io.holdfast.lock.internal.upgrade.UpgradedGrant;
import io.holdfast.spi.Place;
import io.holdfast.spi.Session;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One acquisition of a history, or one upgrade of what was acquired, and what became of it. */
final class LockAttempt {

  /** Lock to mode, as the names of places tell it. */
  private final Map<LockName, String> modes;

  private final CompletableFuture<? extends LockGrant> outcome;
  private final boolean downgradable;

  /** What an upgrade is of. */
  private final @Nullable LockAttempt around;

  /** What has been upgraded last. */
  private @Nullable LockAttempt inside;

  /** What can be upgraded, once granted. */
  private @Nullable UpgradableHold upgradable;

  /** Empty until asked for. */
  private final Set<Revision> rests = new HashSet<>();

  private boolean over;
  private boolean downgraded;

  private LockAttempt(
      Map<LockName, String> modes,
      boolean downgradable,
      @Nullable LockAttempt around,
      CompletableFuture<? extends LockGrant> outcome) {
    this.modes = modes;
    this.downgradable = downgradable;
    this.around = around;
    this.outcome = outcome;
  }

  /** For several locks, or one, each in the mode of the first claim on it. */
  static LockAttempt of(List<LockClaim> claims, CompletableFuture<? extends LockGrant> outcome) {
    Map<LockName, String> modes =
        claims.stream()
            .collect(
                Collectors.toMap(
                    LockClaim::name, claim -> claim.mode().text(), (write, read) -> write));
    boolean downgradable = claims.stream().map(LockClaim::name).distinct().count() < claims.size();
    return new LockAttempt(modes, downgradable, null, outcome);
  }

  /** To write, of one that may upgrade. */
  LockAttempt upgrade(CompletableFuture<UpgradedGrant> upgraded) {
    Map<LockName, String> writing =
        modes.keySet().stream().collect(Collectors.toMap(lock -> lock, lock -> "upgrade"));
    LockAttempt lockAttempt = new LockAttempt(writing, false, this, upgraded);
    inside = lockAttempt;
    return lockAttempt;
  }

  /** Tells {@code observer} of the grant, if it comes to that, at the moment when it is given. */
  void whenGranted(Consumer<LockAttempt> observer) {
    outcome.thenAccept(grant -> observer.accept(this));
  }

  void mayBeUpgradedAs(UpgradableHold hold) {
    upgradable = hold;
  }

  Optional<LockGrant> grant() {
    return outcome.isDone() && !outcome.isCompletedExceptionally()
        ? Optional.of(outcome.join())
        : Optional.empty();
  }

  /** Why it will not be granted, if it is known that it will not. */
  Optional<Throwable> failure() {
    return outcome.isCompletedExceptionally() && !outcome.isCancelled()
        ? Optional.of(outcome.handle((grant, failure) -> Acquisition.unwrap(failure)).join())
        : Optional.empty();
  }

  /** When the places were taken that a grant rests on. */
  Set<Revision> rests() {
    if (rests.isEmpty()) {
      places(grant().orElseThrow()).taken().stream().map(Place::created).forEach(rests::add);
      if (around != null) {
        rests.addAll(around.rests());
      }
    }
    return rests;
  }

  Session session() {
    return places(grant().orElseThrow()).session();
  }

  private static QueueGrant places(LockGrant grant) {
    if (grant instanceof LocalGrant local) {
      return local.place();
    }
    return grant instanceof UpgradedGrant upgraded ? upgraded.place() : (QueueGrant) grant;
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
    end();
    if (upgradable != null) {
      upgradable.release();
    }
    grant().ifPresent(LockGrant::release);
  }

  private void end() {
    over = true;
    if (inside != null) {
      inside.over = true;
    }
  }

  /** Holds for writing, or may come to, and may go on as a reader. */
  boolean mayDowngrade() {
    return holds() && downgradable && !downgraded;
  }

  void downgrade() {
    downgraded = true;
    if (inside != null) {
      inside.over = true;
    }
    if (upgradable != null) {
      upgradable.downgrade();
    } else {
      grant().ifPresent(grant -> ((QueueGrant) grant).downgrade());
    }
  }

  /** What to upgrade, if it is held, and neither upgraded nor about to be. */
  Optional<UpgradableHold> mayUpgrade() {
    boolean idle = inside == null || !(inside.waits() || inside.holds());
    return holds() && !downgraded && idle ? Optional.ofNullable(upgradable) : Optional.empty();
  }

  boolean isUpgradeOf(LockAttempt other) {
    return around == other;
  }

  Optional<String> modeOn(LockName lock) {
    return Optional.ofNullable(modes.get(lock)).map(mode -> downgraded ? "read" : mode);
  }

  /** True if some lock is wanted by both, in ways that do not go together. */
  boolean conflictsWith(LockAttempt other) {
    return !isUpgradeOf(other)
        && !other.isUpgradeOf(this)
        && modes.keySet().stream().anyMatch(lock -> conflictsOn(lock, other));
  }

  private boolean conflictsOn(LockName lock, LockAttempt other) {
    return other.modes.containsKey(lock)
        && !ModeRule.together(
            List.of(modeOn(lock).orElseThrow(), other.modeOn(lock).orElseThrow()));
  }

  @Override
  public String toString() {
    return modes
        + (downgraded ? " downgraded " : " ")
        + grant().map(LockGrant::toString).orElse("waiting or ended");
  }
}
