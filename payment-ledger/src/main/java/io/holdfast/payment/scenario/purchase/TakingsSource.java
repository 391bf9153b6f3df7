package io.holdfast.payment.scenario.purchase;

import io.holdfast.payment.ledger.AccountId;
import java.time.Instant;
import java.util.concurrent.CompletionStage;

/** Reads what merchants' accounts took out of the books; with SQL, by {@link TakingsQuery}. */
@FunctionalInterface
public interface TakingsSource {

  /**
   * Counts the entries of an account in their order, from the first after {@code after} to the last
   * before the first one made at {@code until} or later. Must not block.
   */
  CompletionStage<Takings> takings(AccountId merchant, long after, Instant until, FeeTerms terms);
}
