package io.holdfast.payment.scenario.purchase;

import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentKind;
import io.holdfast.payment.ledger.DueWork;
import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.Submission;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Has every merchant's account settled, day after day, in UTC.
 *
 * <p>Under an election: the owner of the account's shard does it, and that is the holder of the
 * shard's lock in the coordination cluster. There is one at a time, the next one begins where the
 * last one ended, and what a former one still asks after a pause is turned away by the fencing
 * token in the database. That is an election for each shard, so the work is shared out over the
 * nodes, and no leader of its own is needed. Even two that settle at once settle once: see {@link
 * SettleDay}.
 *
 * <p>After an outage the days that were missed are settled one after the other. A day begins to be
 * settled a little after its end; what reaches the account with a time of that day even later is in
 * the next settlement.
 */
final class SettlementWork implements DueWork<Merchant> {

  private static final Duration GRACE = Duration.ofMinutes(5);

  private final SettleDay settle;
  private final TakingsSource source;

  SettlementWork(SettleDay settle, TakingsSource source) {
    this.settle = settle;
    this.source = source;
  }

  static Instant after(LocalDate day) {
    return Merchant.endOf(day).plus(GRACE);
  }

  @Override
  public DocumentKind<Merchant> kind() {
    return Merchant.KIND;
  }

  @Override
  public CompletionStage<Optional<Submission<?>>> due(Document<Merchant> document) {
    Merchant merchant = document.body();
    return source
        .takings(
            document.account(),
            merchant.through(),
            Merchant.endOf(merchant.nextDay()),
            merchant.fees())
        .thenApply(takings -> Optional.of(submission(document, takings)));
  }

  /** The key names the figures: others are another request, after a refusal for example. */
  private Submission<?> submission(Document<Merchant> document, Takings takings) {
    Merchant merchant = document.body();
    String key =
        String.join(
            ":",
            "settle",
            merchant.nextDay().toString(),
            Long.toString(merchant.through()),
            Long.toString(takings.through()),
            Integer.toString(merchant.fees().basisPoints()),
            Long.toString(merchant.fees().fixed()));
    return new Submission<>(
        settle,
        new SettleDay.Request(
            document.account(), merchant.nextDay(), merchant.through(), merchant.fees(), takings),
        new IdempotencyKey(key));
  }
}
