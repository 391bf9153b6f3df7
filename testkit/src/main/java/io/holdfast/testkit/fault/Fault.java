package io.holdfast.testkit.fault;

import java.util.Set;
import java.util.function.Function;

/**
 * A way to hurt.
 *
 * @param name as in reports
 * @param needs without which it is skipped
 * @param leaves what still works while it is on
 * @param inject does it
 */
public record Fault(
    String name, Set<Ability> needs, Leaves leaves, Function<Target, Wound> inject) {

  /** What a fault leaves of the cluster. */
  public enum Leaves {
    /** Enough: those who are not hit are served, after an election perhaps. */
    A_QUORUM,
    /** Too little to serve anybody until it is healed. */
    NOTHING
  }

  public Fault {
    needs = Set.copyOf(needs);
  }

  @Override
  public String toString() {
    return name;
  }
}
