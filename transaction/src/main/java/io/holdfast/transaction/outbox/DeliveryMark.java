package io.holdfast.transaction.outbox;

import java.time.Instant;

/** What a relay notes of a message. */
public sealed interface DeliveryMark {

  /** Whose. */
  long position();

  /** It is delivered. The next of its key that waits behind it is due at once. */
  record Delivered(long position) implements DeliveryMark {}

  /**
   * It will be tried again.
   *
   * @param attempts how often it was tried
   * @param due when
   * @param reason why it was not delivered
   */
  record TryAgain(long position, int attempts, Instant due, String reason)
      implements DeliveryMark {}

  /**
   * Nobody tries it again until an operator says so; those of its key after it wait.
   *
   * @param attempts how often it was tried
   * @param reason why it was not delivered
   */
  record Parked(long position, int attempts, String reason) implements DeliveryMark {}

  /** It waits until a message of its key is delivered or discarded, if one is in trouble still. */
  record Waiting(long position) implements DeliveryMark {}
}
