package io.holdfast.transaction.outbox;

import io.holdfast.spi.Context;
import io.holdfast.transaction.internal.Failures;
import java.time.Duration;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is noted of a message after a try: delivered, to be tried again, or parked. */
final class Judgement {

  private static final Logger LOG = LoggerFactory.getLogger(Judgement.class);

  private final Context context;
  private final RelayOptions options;
  private final InstantSource clock;

  Judgement(Context context, RelayOptions options, InstantSource clock) {
    this.context = context;
    this.options = options;
    this.clock = clock;
  }

  Mark of(PendingMessage message, Delivery answer) {
    long position = message.position();
    int attempts = message.attempts() + 1;
    if (answer instanceof Delivery.Delivered) {
      return new Mark.Delivered(position);
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
    return new Mark.TryAgain(
        position,
        attempts,
        clock.instant().plus(pause.compareTo(asked) < 0 ? asked : pause),
        Failures.shortened(unknown.reason()));
  }

  private static Mark parked(PendingMessage message, int attempts, String reason) {
    LOG.warn(
        "message {} is parked after {} tries: an operator has to resume or discard it",
        message.message().id(),
        attempts);
    return new Mark.Parked(message.position(), attempts, Failures.shortened(reason));
  }
}
