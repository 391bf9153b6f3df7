package io.holdfast.lock;

import io.holdfast.coordination.Revision;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * What must hold at every moment of a history, and what has been seen to be broken.
 *
 * <p>Sessions that are expired before their time, and places that are taken away, cannot be known
 * to their holders in time: only the token protects then, so what these believe is not held against
 * them.
 */
final class LockInvariants {

  private final List<LockName> locks;
  private final List<LockConfig> limits;
  private final LongSupplier clock;
  private final List<LockAttempt> granted = new ArrayList<>();

  /** Those of them that are not over for good. */
  private final List<LockAttempt> alive = new ArrayList<>();

  private final List<String> violations = new ArrayList<>();

  private final Set<String> expiredByForce = new HashSet<>();

  /** When the holders that we know of crashed without having given anything back. */
  private final Map<LockAttempt, Long> crashes = new HashMap<>();

  private final Set<Revision> takenAway = new HashSet<>();
  private int shared;

  /**
   * What is promised of some locks.
   *
   * @param limits in the order of the locks
   */
  LockInvariants(List<LockName> locks, List<LockConfig> limits, LongSupplier clock) {
    this.locks = locks;
    this.limits = limits;
    this.clock = clock;
  }

  List<String> violations() {
    return violations;
  }

  void broken(String what) {
    violations.add(what);
  }

  int grants() {
    return granted.size();
  }

  /** How often several were seen to hold one lock together. */
  int shared() {
    return shared;
  }

  void expiredByForce(String session) {
    if (expiredByForce.add(session)) {
      for (LockAttempt lockAttempt : granted) {
        if (lockAttempt.holds()
            && lockAttempt.session().id().equals(session)
            && mayBeKept(lockAttempt)) {
          crashes.put(lockAttempt, clock.getAsLong());
        }
      }
    }
  }

  void takenAway(Revision place) {
    takenAway.add(place);
  }

  void granted(LockAttempt lockAttempt) {
    if (!lockAttempt.grant().orElseThrow().isHeld()) {
      violations.add("given without proven life: " + lockAttempt);
    }
    for (LockAttempt earlier : granted) {
      if (mayBelieve(lockAttempt)
          && earlier.conflictsWith(lockAttempt)
          && !isAfter(lockAttempt, earlier)) {
        violations.add(lockAttempt + " follows " + earlier);
      }
      if (comesTooSoon(lockAttempt, earlier)) {
        violations.add(lockAttempt + " comes too soon after the crash of " + earlier);
      }
    }
    granted.add(lockAttempt);
    alive.add(lockAttempt);
  }

  private boolean comesTooSoon(LockAttempt lockAttempt, LockAttempt earlier) {
    Long crash = crashes.get(earlier);
    boolean crashedTogether = lockAttempt.session().id().equals(earlier.session().id());
    if (crash == null || crashedTogether || !isAfter(lockAttempt, earlier)) {
      return false;
    }
    for (int i = 0; i < locks.size(); i++) {
      Duration delay = limits.get(i).crashDelay();
      boolean both =
          lockAttempt.modeOn(locks.get(i)).isPresent() && earlier.modeOn(locks.get(i)).isPresent();
      boolean excluded =
          both
              && !ModeRule.together(
                  List.of(
                      lockAttempt.modeOn(locks.get(i)).orElseThrow(),
                      earlier.modeOn(locks.get(i)).orElseThrow()));
      if (excluded && !delay.isZero() && clock.getAsLong() - crash < delay.toNanos()) {
        return true;
      }
    }
    return false;
  }

  /** Looks at all who believe that they hold. */
  void look() {
    alive.removeIf(LockInvariants::isOver);
    List<LockAttempt> believers =
        alive.stream()
            .filter(
                lockAttempt ->
                    lockAttempt.grant().orElseThrow().isHeld() && mayBelieve(lockAttempt))
            .toList();
    for (LockName lock : locks) {
      List<String> modes =
          believers.stream()
              .filter(
                  lockAttempt ->
                      believers.stream().noneMatch(other -> other.isUpgradeOf(lockAttempt)))
              .flatMap(lockAttempt -> lockAttempt.modeOn(lock).stream())
              .toList();
      if (!ModeRule.together(modes)) {
        violations.add(lock + " is held by all of " + believers);
      }
      shared += modes.size() > 1 ? 1 : 0;
    }
    for (LockAttempt believer : believers) {
      for (LockAttempt other : granted) {
        if (isAfter(other, believer) && other.conflictsWith(believer)) {
          violations.add("succeeded, but still thinks that it holds: " + believer);
        }
      }
    }
  }

  /**
   * With nothing going on, whoever could hold does. A waiter of whose several places one was taken
   * away is passed over: it learns of that when those it waits for move.
   *
   * @return what is amiss, empty if nothing
   */
  Optional<String> overlooked(Session session, List<List<Entry>> queues) {
    Set<Revision> kept = new HashSet<>();
    Set<Revision> waiting = new HashSet<>();
    for (List<Entry> queue : queues) {
      List<String> modes = new ArrayList<>();
      Set<Revision> counted = new HashSet<>();
      for (Entry entry : queue) {
        if (!counted.add(entry.created())) {
          continue; // the read place of one that may downgrade
        }
        String mode = session.modeOf(entry.key().name());
        boolean alone = mode.equals("upgrade") && onlyTheUpgradableHolds(modes);
        modes.add(mode);
        waiting.add(entry.created());
        if (!alone && !ModeRule.together(modes)) {
          kept.add(entry.created());
        }
      }
    }
    waiting.removeAll(kept);
    waiting.removeAll(takenAway);
    granted.stream()
        .filter(LockAttempt::holds)
        .flatMap(lockAttempt -> lockAttempt.rests().stream())
        .forEach(waiting::remove);
    return waiting.isEmpty() ? Optional.empty() : Optional.of("could hold, but waits: " + waiting);
  }

  /** Of those ahead of an upgrade, with whoever waits left out. */
  private static boolean onlyTheUpgradableHolds(List<String> ahead) {
    List<String> holders = new ArrayList<>();
    for (String mode : ahead) {
      holders.add(mode);
      if (!ModeRule.together(holders)) {
        holders.remove(holders.size() - 1);
        break;
      }
    }
    return holders.equals(List.of("upgradable"));
  }

  private static boolean isOver(LockAttempt lockAttempt) {
    LockGrant grant = lockAttempt.grant().orElseThrow();
    GrantState state = grant.state();
    return (state == GrantState.LOST || state == GrantState.RELEASED) && !grant.isHeld();
  }

  private static boolean isAfter(LockAttempt lockAttempt, LockAttempt other) {
    return lockAttempt.grant().orElseThrow().token().compareTo(other.grant().orElseThrow().token())
        > 0;
  }

  private boolean mayBeKept(LockAttempt lockAttempt) {
    return Collections.disjoint(lockAttempt.rests(), takenAway);
  }

  private boolean mayBelieve(LockAttempt lockAttempt) {
    return !expiredByForce.contains(lockAttempt.session().id()) && mayBeKept(lockAttempt);
  }
}
