package io.holdfast.chaos.bank;

import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.scenario.topup.acquirer.Acquirer;
import io.holdfast.payment.scenario.topup.acquirer.Charge;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Ways not to ask an acquirer. */
final class MistakenAcquirer {

  private MistakenAcquirer() {}

  /** Takes one charge of four for declined, though it was made. */
  record Denying(Acquirer right) implements Acquirer {
    @Override
    public CompletionStage<Charge> charge(DocumentId reference, Money amount, String card) {
      return right
          .charge(reference, amount, card)
          .thenApply(
              charge ->
                  charge instanceof Charge.Approved && reference.hashCode() % 4 == 0
                      ? new Charge.Declined("mistaken")
                      : charge);
    }

    @Override
    public CompletionStage<Optional<Charge>> status(DocumentId reference) {
      return right.status(reference);
    }
  }

  /** Charges once more, under another name, if there was no answer the first time. */
  record Renaming(Acquirer right) implements Acquirer {
    @Override
    public CompletionStage<Charge> charge(DocumentId reference, Money amount, String card) {
      return right
          .charge(reference, amount, card)
          .thenCompose(
              charge ->
                  charge instanceof Charge.Unknown
                      ? right.charge(renamed(reference), amount, card)
                      : CompletableFuture.completedFuture(charge));
    }

    private static DocumentId renamed(DocumentId id) {
      String digits = id.value().substring(id.value().length() - 26);
      String turned = new StringBuilder(digits).reverse().toString();
      return DocumentId.of(id.kind(), id.shard(), turned);
    }

    @Override
    public CompletionStage<Optional<Charge>> status(DocumentId reference) {
      return right.status(reference);
    }
  }
}
