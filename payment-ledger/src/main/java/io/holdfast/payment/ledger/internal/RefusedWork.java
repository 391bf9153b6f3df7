package io.holdfast.payment.ledger.internal;

import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.Submission;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Under which key work that was refused is asked for again. The key follows from when the work was
 * due and what time it is: a new one after 1, 3, 7 seconds and so on, and every hour after the
 * first. So whoever owns the shard asks under the same key in the same period, nothing has to be
 * remembered, and a request that is refused for good leaves some twenty answers a day.
 */
final class RefusedWork {

  private static final long HOUR = Duration.ofHours(1).toSeconds();

  private RefusedWork() {}

  static <R extends Record> Submission<R> again(
      Submission<R> refused, Optional<Instant> due, Instant now) {
    long since = due.orElse(Instant.EPOCH).getEpochSecond();
    String key = refused.key().value() + "~" + periodBegan(since, now.getEpochSecond());
    return new Submission<>(refused.operation(), refused.request(), new IdempotencyKey(key));
  }

  /** In seconds, as all here. */
  static long periodBegan(long due, long now) {
    long late = Math.max(0, now - due);
    return late >= HOUR ? due + late / HOUR * HOUR : due + Long.highestOneBit(late + 1) - 1;
  }
}
