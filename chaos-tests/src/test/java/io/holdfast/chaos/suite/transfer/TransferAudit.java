package io.holdfast.chaos.suite.transfer;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** Looks at both databases, while money moves and when it has come to rest. */
final class TransferAudit {

  /** Nothing may be in doubt so long after all has healed. */
  private static final Duration BOUND = Duration.ofSeconds(5);

  private static final Duration LOOK = Duration.ofMillis(50);

  private final TransferDatabase from;
  private final TransferDatabase to;

  TransferAudit(TransferDatabase from, TransferDatabase to) {
    this.from = from;
    this.to = to;
  }

  /**
   * What is wrong now: money that is neither here, nor there, nor on its way. A transfer that is
   * committed on one side was decided; so when the other side is looked at after that, it is
   * prepared there or committed, or a message of it is on its way. Those are looked at first: what
   * has left them meanwhile is found committed.
   */
  List<String> atThisMoment() throws SQLException {
    List<String> wrong = new ArrayList<>(missing(from, to));
    wrong.addAll(missing(to, from));
    return wrong;
  }

  private static List<String> missing(TransferDatabase one, TransferDatabase other)
      throws SQLException {
    Set<String> here = one.transfers();
    long onTheWay = other.prepared().size() + one.onTheWay();
    Set<String> missing = new HashSet<>(here);
    missing.removeAll(other.transfers());
    return missing.size() > onTheWay
        ? List.of(
            "%d transfers are in %s and not in %s, to which %d are on their way: %s"
                .formatted(missing.size(), one, other, onTheWay, missing))
        : List.of();
  }

  /** What is wrong when everything has healed and nobody begins anything. */
  List<String> atRest(ReportedOutcomes told) throws SQLException {
    List<String> wrong = new ArrayList<>();
    if (!nothingInDoubt()) {
      wrong.add(
          "in doubt %s after all has healed: %s %s and %d messages"
              .formatted(BOUND, from.prepared(), to.prepared(), from.onTheWay()));
    }
    Set<String> here = from.transfers();
    Set<String> there = to.transfers();
    differ(here, there).forEach(each -> wrong.add(each + " is in one database alone"));
    int total = from.total() + to.total();
    int opened = 2 * TransferDatabase.ACCOUNTS * TransferDatabase.OPENING;
    if (total != opened) {
      wrong.add("the total is " + total + ", not " + opened);
    }
    from.wrongAccounts().forEach(each -> wrong.add("account " + each + " of " + from));
    to.wrongAccounts().forEach(each -> wrong.add("account " + each + " of " + to));
    for (String each : told.committed()) {
      if (!here.contains(each) || !there.contains(each)) {
        wrong.add(each + " was acknowledged and is not there");
      }
    }
    for (String each : told.aborted()) {
      if (here.contains(each) || there.contains(each)) {
        wrong.add(each + " was told as aborted and is there");
      }
    }
    return wrong;
  }

  private boolean nothingInDoubt() throws SQLException {
    long start = System.nanoTime();
    while (!from.prepared().isEmpty() || !to.prepared().isEmpty() || from.onTheWay() > 0) {
      if (System.nanoTime() - start > BOUND.toNanos()) {
        return false;
      }
      LockSupport.parkNanos(LOOK.toNanos());
    }
    return true;
  }

  private static Set<String> differ(Set<String> some, Set<String> others) {
    Set<String> all = new HashSet<>(some);
    all.addAll(others);
    all.removeIf(each -> some.contains(each) && others.contains(each));
    return all;
  }
}
