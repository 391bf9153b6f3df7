package io.holdfast.transaction.outbox;

import io.holdfast.spi.Context;
import io.holdfast.transaction.internal.Failures;
import java.time.Duration;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is noted of a message after a try: delivered, to be tried again, or parked. */
final class DeliveryJudge {

  private static final Logger LOG = LoggerFactory.getLogger(DeliveryJudge.class);

  private final Context context;
  private final RelayOptions options;
  private final InstantSource clock;

  DeliveryJudge(Context context, RelayOptions options, InstantSource clock) {
    this.context = context;
    this.options = options;
    this.clock = clock;
  }

  DeliveryMark of(PendingMessage message, Delivery answer) {
    long position = message.position();
    int attempts = message.attempts() + 1;
    if (answer instanceof Delivery.Delivered) {
      return new DeliveryMark.Delivered(position);
    }
    if (answer instanceof Delivery.Refused refused) {
      return parked(message, attempts, "refused: " + refused.reason());
    }
    Delivery.Unknown unknown = (Delivery.Unknown) answer;
    if (attempts >= options.attempts()) {
      return parked(message, attempts, "given up: " + unknown.reason());
    }
    Duration pause = context.jittered(options.pause(attempts));
    Duration longest = options.longestPause();
    Duration asked = unknown.notBefore().compareTo(longest) < 0 ? unknown.notBefore() : longest;
    return new DeliveryMark.TryAgain(
        position,
        attempts,
        clock.instant().plus(pause.compareTo(asked) < 0 ? asked : pause),
        Failures.shortened(unknown.reason()));
  }

  private static DeliveryMark parked(PendingMessage message, int attempts, String reason) {
    LOG.warn(
        "message {} is parked after {} tries: an operator has to resume or discard it",
        message.message().id(),
        attempts);
    return new DeliveryMark.Parked(message.position(), attempts, Failures.shortened(reason));
  }
}
