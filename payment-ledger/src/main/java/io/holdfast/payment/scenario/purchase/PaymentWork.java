package io.holdfast.payment.scenario.purchase;

import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentKind;
import io.holdfast.payment.ledger.DueWork;
import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.Submission;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Has payments started at once, and expire if they were not captured in time. */
final class PaymentWork implements DueWork<Payment> {

  private final StartPayment start;
  private final ExpirePayment expire;
  private final InstantSource clock;

  PaymentWork(StartPayment start, ExpirePayment expire, InstantSource clock) {
    this.start = start;
    this.expire = expire;
    this.clock = clock;
  }

  @Override
  public DocumentKind<Payment> kind() {
    return Payment.KIND;
  }

  /**
   * What could not be started all the time, say as the merchant's account is closed, expires too.
   */
  @Override
  public CompletionStage<Optional<Submission<?>>> due(Document<Payment> document) {
    boolean over = !clock.instant().isBefore(document.body().expires());
    Submission<?> submission =
        over || PaymentPlans.isStarted(document)
            ? new Submission<>(
                expire, new ExpirePayment.Request(document.id()), new IdempotencyKey("expire"))
            : new Submission<>(
                start, new StartPayment.Request(document.id()), new IdempotencyKey("start"));
    return CompletableFuture.completedFuture(Optional.of(submission));
  }
}
