package io.holdfast.payment.ledger;

import java.util.Optional;

/**
 * The trace that a request belongs to: told of its parts when they are over. Thread-safe. Must not
 * block or throw: it is called by the threads that commit.
 *
 * <p>The parts are {@code wait}, for the lane that does the requests of a shard; {@code commit},
 * with the others of a batch; {@code prepare}, in another shard; {@code transaction}, over all of
 * them until the decision; {@code settle}, at another shard's owner, perhaps after the request has
 * been answered; and {@code acquirer}, for its answer about a card.
 */
public interface Trace {

  /** Of a request that is not traced. */
  Trace NONE = (part, shard, beganNanos, endedNanos) -> {};

  /**
   * A part is over.
   *
   * @param part its name, of few
   * @param shard where
   * @param beganNanos as {@link System#nanoTime} has it
   * @param endedNanos likewise
   */
  void over(String part, int shard, long beganNanos, long endedNanos);

  /** What is done turns out to be an operation of this type. */
  default void named(String operation) {}

  /** All of it is over; called by whoever has begun it. */
  default void end(boolean failed) {}

  /** A W3C {@code traceparent} for what others are asked because of it; empty if there is none. */
  default Optional<String> parent() {
    return Optional.empty();
  }
}
