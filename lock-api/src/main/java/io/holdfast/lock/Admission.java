package io.holdfast.lock;

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
 * </pre>
 */
final class Admission {

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
   * </ul>
   *
   * @param ahead the front of the queue first
   * @param modeOf the mode that the place of one of them tells
   */
  static <T> List<T> inTheWay(LockMode mode, List<T> ahead, Function<T, String> modeOf) {
    List<T> sharing = new ArrayList<>();
    int room = mode.total() - mode.weight();
    for (int i = ahead.size() - 1; i >= 0; i--) {
      T member = ahead.get(i);
      LockMode theirs = LockMode.parse(modeOf.apply(member));
      if (mode.excludes(theirs)) {
        return List.of(member);
      }
      if (room >= 0) {
        sharing.add(member);
        room -= theirs.weight();
      }
    }
    return room < 0 ? sharing : List.of();
  }
}
