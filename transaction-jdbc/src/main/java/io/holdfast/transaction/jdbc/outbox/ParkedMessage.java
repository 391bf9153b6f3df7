package io.holdfast.transaction.jdbc.outbox;

import io.holdfast.transaction.outbox.Message;

/**
 * A message that nobody delivers until an operator says so.
 *
 * @param position by which it is resumed or discarded
 * @param message what was to be delivered
 * @param attempts how often that was tried
 * @param reason why it is parked, partly in the receiver's words
 */
public record ParkedMessage(long position, Message message, int attempts, String reason) {}
