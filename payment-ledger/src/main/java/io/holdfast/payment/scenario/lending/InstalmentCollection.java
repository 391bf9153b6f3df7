package io.holdfast.payment.scenario.lending;

import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentKind;
import io.holdfast.payment.ledger.DueWork;
import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.Submission;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Has instalments collected when they are due, and what is overdue once a day.
 *
 * <p>Each is collected exactly once, and under an election: the owner of the loan's shard does it,
 * which holds the shard's lock with a fencing token, and the ledger books nothing in a shard for an
 * owner whose token is not the newest. Two owners that both believe in their hold ask for the same
 * thing under the same key, loan, instalment and day, so it is done once. And the loan says itself
 * what was paid, in the same commit as the money: one who comes late finds it not due.
 */
final class InstalmentCollection implements DueWork<Loan> {

  private final CollectInstalment collect;

  InstalmentCollection(CollectInstalment collect) {
    this.collect = collect;
  }

  @Override
  public DocumentKind<Loan> kind() {
    return Loan.KIND;
  }

  @Override
  public CompletionStage<Optional<Submission<?>>> due(Document<Loan> document) {
    return CompletableFuture.completedFuture(
        document.due().map(day -> submission(document, LocalDate.ofInstant(day, ZoneOffset.UTC))));
  }

  private Submission<?> submission(Document<Loan> document, LocalDate day) {
    int number = document.body().firstOpen().map(Instalment::number).orElse(0);
    return new Submission<>(
        collect,
        new CollectInstalment.Request(document.id(), document.account(), day),
        new IdempotencyKey(document.id() + ":" + number + ":" + day));
  }
}
