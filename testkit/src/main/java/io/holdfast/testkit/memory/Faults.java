package io.holdfast.testkit.memory;

import java.time.Duration;

/** Decides what happens to each message between a client and the {@link MemoryCluster}. */
@FunctionalInterface
public interface Faults {

  /** Nothing ever happens. */
  Faults NONE = (client, message) -> Fate.ARRIVES;

  /** What becomes of {@code message}, a request or a reply of {@code client}. */
  Fate decide(String client, Message message);

  /**
   * A message, named for those who choose.
   *
   * @param operation such as {@code join}, {@code commit}, {@code prove}, {@code notify}
   * @param direction which way it goes
   */
  record Message(String operation, Direction direction) {}

  /** Which way a message goes. */
  enum Direction {
    /** To the cluster: lost, it takes no effect. */
    REQUEST,
    /** From the cluster: lost, it has taken effect and the client does not know. */
    REPLY
  }

  /**
   * What becomes of a message.
   *
   * @param lost never arrives, and the connection counts as broken
   * @param delay before it arrives; messages of one client never overtake each other
   */
  record Fate(boolean lost, Duration delay) {
    /** Arrives at once. */
    public static final Fate ARRIVES = new Fate(false, Duration.ZERO);

    /** Does not arrive. */
    public static final Fate LOST = new Fate(true, Duration.ZERO);

    /** Arrives after {@code delay}. */
    public static Fate after(Duration delay) {
      return new Fate(false, delay);
    }
  }
}
