package io.holdfast.lock.internal.queue;

import io.holdfast.lock.internal.queue.LockMode.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The rule that decides, from the places ahead in the queue, whether a place may hold, and which
 * places it waits for.
 *
 * <p>Strictly first come, first served: every place ahead counts, holder or waiter. So a reader
 * behind a waiting writer waits, and requests for few permits do not starve a request for many.
 * This also makes the rule safe: the places ahead only become fewer, so of those that hold
 * together, the last one has counted all others.
 *
 * <pre>
 *   queue        R  R  W  R          P2  P1  P3        P1         (permits, of 4)
 *   may hold     +  +  -  -          +   +   -         -
 *   waits for          R  W                  P1 or P2  P3 or P1   (either may make room)
 *
 *   queue        R  U  R  U  R  X            U may upgrade, X is the upgrade of the first U
 *   may hold     +  +  +  -  -  -
 *   waits for             U  *  R            (* both before it; the last reader who may hold)
 * </pre>
 *
 * <p>The exception is an upgrade, which overtakes waiters: {@link
 * io.holdfast.lock.internal.upgrade.UpgradableHold} explains why, and what makes it safe.
 */
public final class Admission {

  private Admission() {}

  /**
   * The places ahead that keep a newcomer out as long as <em>all</em> of them stay; empty if it may
   * hold. So the newcomer reads the queue again when any one of them leaves, and not when another
   * place leaves:
   *
   * <ul>
   *   <li>If some places ahead exclude it, the nearest of these. So a departure wakes one exclusive
   *       waiter, or the readers behind it.
   *   <li>Otherwise, if the places ahead leave too little room, the nearest ones that together
   *       leave too little.
   *   <li>For an upgrade, the nearest of the places that may hold already.
   * </ul>
   *
   * @param ahead the front of the queue first
   * @param modeOf the mode that a place names
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
   * How many of the places ahead of an upgrade may hold: these are in front. The first place behind
   * the upgrading hold that is incompatible with it waits for it, and so do all places behind that
   * one.
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
