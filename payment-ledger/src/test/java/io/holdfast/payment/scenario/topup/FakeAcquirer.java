package io.holdfast.payment.scenario.topup;

import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.scenario.topup.acquirer.Acquirer;
import io.holdfast.payment.scenario.topup.acquirer.Charge;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Answers what it was told to, one after the other, and notes what it was asked. */
final class FakeAcquirer implements Acquirer {

  static final Instant AT = Instant.parse("2026-01-31T11:59:59Z");

  private final Queue<Optional<Charge>> answers = new ArrayDeque<>();
  private final List<String> asked = new ArrayList<>();
  private boolean broken;

  void then(Charge charge) {
    answers.add(Optional.of(charge));
  }

  void thenKnowsNothing() {
    answers.add(Optional.empty());
  }

  void breaks() {
    broken = true;
  }

  List<String> asked() {
    return List.copyOf(asked);
  }

  static Charge approved(Money amount) {
    return new Charge.Approved("ch_1", amount, AT, List.of());
  }

  static Charge unknown() {
    return new Charge.Unknown("time-out");
  }

  /** In so many parts, {@code cb_1}, {@code cb_2} and so on. */
  static Charge chargedBack(Money amount, Money... taken) {
    List<Charge.Chargeback> chargebacks = new ArrayList<>();
    for (Money each : taken) {
      chargebacks.add(
          new Charge.Chargeback("cb_" + (chargebacks.size() + 1), each, AT, Optional.empty()));
    }
    return new Charge.Approved("ch_1", amount, AT, chargebacks);
  }

  /** The first of these came back, as {@code rv_1}. */
  static Charge reversed(Money amount, Money back, Money... taken) {
    Charge.Approved before = (Charge.Approved) chargedBack(amount, taken);
    List<Charge.Chargeback> chargebacks = new ArrayList<>(before.chargebacks());
    chargebacks.set(
        0,
        new Charge.Chargeback(
            "cb_1", taken[0], AT, Optional.of(new Charge.Reversal("rv_1", back, AT))));
    return new Charge.Approved("ch_1", amount, AT, chargebacks);
  }

  @Override
  public CompletionStage<Charge> charge(DocumentId reference, Money amount, String card) {
    asked.add("charge " + reference + " " + amount.minorUnits() + " " + card);
    return broken
        ? CompletableFuture.failedFuture(new IllegalStateException("a fault of the client"))
        : CompletableFuture.completedFuture(answers.remove().orElseThrow());
  }

  @Override
  public CompletionStage<Optional<Charge>> status(DocumentId reference) {
    asked.add("status " + reference);
    return CompletableFuture.completedFuture(answers.remove());
  }
}
