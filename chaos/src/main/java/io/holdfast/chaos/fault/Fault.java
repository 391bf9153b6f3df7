package io.holdfast.chaos.fault;

import java.time.Duration;
import java.util.Set;
import java.util.function.Function;

/**
 * A way to hurt.
 *
 * @param name as in reports
 * @param needs without which it is skipped
 * @param leaves what still works while it is on
 * @param lasts how long it is kept up
 * @param inject does it
 */
public record Fault(
    String name,
    Set<Capability> needs,
    Leaves leaves,
    Lasts lasts,
    Function<Target, ActiveFault> inject) {

  /** What a fault leaves of the cluster. */
  public enum Leaves {
    /** Enough: those who are not hit are served, after an election perhaps. */
    A_QUORUM,
    /** Too little to be sure that anybody is served until it is healed. */
    NOTHING
  }

  /** How long a fault is kept up, as seen by the sessions of clients. */
  public enum Lasts {
    /** Less than a session lives without its servers. */
    BRIEFLY(0.5),
    /** So long that every session that it hits is over, a server's tick later at most. */
    BEYOND_A_SESSION(1.4),
    /** So long that others have held what those sessions held. */
    FAR_BEYOND_A_SESSION(2);

    private final double sessions;

    Lasts(double sessions) {
      this.sessions = sessions;
    }

    /** With sessions that live so long. */
    public Duration of(Duration session) {
      return Duration.ofNanos(Math.round(session.toNanos() * sessions));
    }
  }

  public Fault {
    needs = Set.copyOf(needs);
  }

  @Override
  public String toString() {
    return name;
  }
}
