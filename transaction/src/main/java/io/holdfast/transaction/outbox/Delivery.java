package io.holdfast.transaction.outbox;

import java.time.Duration;

/** What became of one try to deliver a message. */
public sealed interface Delivery {

  /** The receiver has the message. */
  record Delivered() implements Delivery {}

  /**
   * The receiver will never take it: trying again is no use.
   *
   * @param reason shown to operators; no secrets
   */
  record Refused(String reason) implements Delivery {}

  /**
   * The receiver may have it or not. The same message is delivered again.
   *
   * @param reason shown to operators; no secrets
   * @param notBefore how long the receiver asks to be left alone; zero if it did not say
   */
  record Unknown(String reason, Duration notBefore) implements Delivery {

    /** Without a wish about when to try again. */
    public Unknown(String reason) {
      this(reason, Duration.ZERO);
    }
  }
}
