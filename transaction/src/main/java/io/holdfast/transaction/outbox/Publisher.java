package io.holdfast.transaction.outbox;

import java.util.concurrent.CompletionStage;

/**
 * Delivers messages to their receiver: a broker, or another service. Usually one relay calls it at
 * a time; while one relay takes over from another, both may deliver the same message.
 */
@FunctionalInterface
public interface Publisher {

  /**
   * Delivers one message. Must not block for long; called where {@link io.holdfast.spi.Callbacks}
   * run. Messages of one key come one at a time: the next when the one before was {@link
   * Delivery.Delivered}.
   *
   * @return may complete on any thread. A stage that fails counts as {@link Delivery.Unknown}, and
   *     so does one that does not complete within {@link RelayOptions#deliveryTimeout}
   */
  CompletionStage<Delivery> publish(Message message);
}
