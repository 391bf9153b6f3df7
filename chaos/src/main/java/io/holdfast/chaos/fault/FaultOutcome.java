package io.holdfast.chaos.fault;

import java.util.List;

/**
 * What came of one fault; times are {@link System#nanoTime}.
 *
 * @param fault which
 * @param what was hurt
 * @param injected when it was in force
 * @param bitten true if it was seen to have an effect
 * @param servedFrom from when on the cluster could have served: when it was injected, or, if
 *     nothing works while it is on, when it was over
 * @param healed when it was over, and every server served
 * @param taken the sessions that the fault has ended of itself
 */
public record FaultOutcome(
    String fault,
    String what,
    long injected,
    boolean bitten,
    long servedFrom,
    long healed,
    List<RevokedSession> taken) {

  public FaultOutcome {
    taken = List.copyOf(taken);
  }

  /** What was hurt, with the live sessions that it ended, for people. */
  public String effect() {
    return taken.isEmpty() ? what : "%s; live sessions ended: %d".formatted(what, taken.size());
  }
}
