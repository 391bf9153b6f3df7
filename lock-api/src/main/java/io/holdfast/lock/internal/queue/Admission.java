package io.holdfast.lock.internal.queue;

import io.holdfast.lock.internal.queue.LockMode.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The rule who may hold, given those ahead in the queue, and whom the others wait for.
 *
 * <p>Strictly first come, first served: whoever is ahead counts, holder or waiter, so a reader
 * behind a waiting writer waits, and a heavy claim is not starved by light ones. That makes it
 * safe, too: those ahead only become fewer, so the last of any who hold together has counted all
 * others.
 *
 * <pre>
 *   queue        R  R  W  R          P2  P1  P3  P1        (permits, of 4)
 *   may hold     +  +  -  -          +   +   -   -
 *   waits for          R  W                  P1  P1 or P3  (either may make room)
 *
 *   queue        R  U  R  U  R  X            U may upgrade, X is the upgrade of the first U
 *   may hold     +  +  +  -  -  -
 *   waits for             U  both  R         (the last reader who may hold)
 * </pre>
 *
 * <p>The exception is an upgrade: see {@link io.holdfast.lock.internal.upgrade.UpgradableHold} for
 * why it overtakes, and what makes that safe.
 */
public final class Admission {

  private Admission() {}

  /**
   * Those ahead who keep a newcomer out for as long as <em>all</em> of them stay; nobody if it may
   * hold. So the departure of any one of them is worth a look, and nobody else's is:
   *
   * <ul>
   *   <li>If some ahead exclude it, the nearest of these. A departure thus wakes one exclusive
   *       waiter, or the readers behind it.
   *   <li>Otherwise, if those ahead leave too little room, the nearest of them who together already
   *       do.
   *   <li>For an upgrade, the nearest of those who may hold already.
   * </ul>
   *
   * @param ahead the front of the queue first
   * @param modeOf the mode that the place of one of them tells
   */
  public static <T> List<T> inTheWay(LockMode mode, List<T> ahead, Function<T, String> modeOf) {
    if (mode.kind() == Kind.UPGRADE) {
      return inTheWayOfUpgrade(ahead, modeOf);
    }
    List<T> sharing = new ArrayList<>();
    int room = mode.total() - mode.weight();
    for (int i = ahead.size() - 1; i >= 0; i--) {
      T member = ahead.get(i);
      LockMode theirs = LockMode.parse(modeOf.apply(member));
      if (mode.excludes(theirs)) {
        return List.of(member);
      }
      if (room >= 0 && theirs.weight() > 0) {
        sharing.add(member);
        room -= theirs.weight();
      }
    }
    return room < 0 ? sharing : List.of();
  }

  private static <T> List<T> inTheWayOfUpgrade(List<T> ahead, Function<T, String> modeOf) {
    List<T> holders = ahead.subList(0, holders(ahead, modeOf));
    for (int i = holders.size() - 1; i >= 0; i--) {
      if (LockMode.parse(modeOf.apply(holders.get(i))).kind() != Kind.UPGRADABLE) {
        return List.of(holders.get(i));
      }
    }
    return List.of();
  }

  /**
   * How many of those ahead of an upgrade may hold: they are in front. Whoever comes after the one
   * that upgrades and does not go together with it waits for it, and so do all behind that one.
   */
  public static <T> int holders(List<T> ahead, Function<T, String> modeOf) {
    boolean upgradable = false;
    for (int i = 0; i < ahead.size(); i++) {
      Kind kind = LockMode.parse(modeOf.apply(ahead.get(i))).kind();
      if (upgradable && kind != Kind.READ) {
        return i;
      }
      upgradable |= kind == Kind.UPGRADABLE;
    }
    return ahead.size();
  }
}
