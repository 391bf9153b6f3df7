package io.holdfast.payment.scenario.purchase;

import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentKind;
import io.holdfast.payment.ledger.DueWork;
import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.Submission;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Has payments expire that were not captured in time. */
final class PaymentWork implements DueWork<Payment> {

  private final ExpirePayment expire;

  PaymentWork(ExpirePayment expire) {
    this.expire = expire;
  }

  @Override
  public DocumentKind<Payment> kind() {
    return Payment.KIND;
  }

  @Override
  public CompletionStage<Optional<Submission<?>>> due(Document<Payment> document) {
    return CompletableFuture.completedFuture(
        Optional.of(
            new Submission<>(
                expire, new ExpirePayment.Request(document.id()), new IdempotencyKey("expire"))));
  }
}
