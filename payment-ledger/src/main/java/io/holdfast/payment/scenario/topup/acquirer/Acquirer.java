package io.holdfast.payment.scenario.topup.acquirer;

import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Money;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Charges cards. Thread-safe; does not block. What is asked for completes within a bounded time and
 * never exceptionally: whatever goes wrong is a {@link Charge.Unknown}.
 */
public interface Acquirer {

  /**
   * Charges a card, once under a reference: asked again with the same, the acquirer tells what came
   * of the first time.
   *
   * @param reference the top-up's id
   * @param amount how much
   * @param card the token that stands for the card
   */
  CompletionStage<Charge> charge(DocumentId reference, Money amount, String card);

  /**
   * Asks what came of a charge.
   *
   * @return completes with empty if the acquirer knows no charge of this reference, which does not
   *     say that none is on its way
   */
  CompletionStage<Optional<Charge>> status(DocumentId reference);
}
