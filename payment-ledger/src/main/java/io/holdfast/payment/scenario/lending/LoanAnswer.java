package io.holdfast.payment.scenario.lending;

import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Event;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.Plan;

/**
 * How a loan stands.
 *
 * @param loan which
 * @param state where it is
 * @param outstanding principal that is owed
 */
public record LoanAnswer(DocumentId loan, Loan.State state, Money outstanding) {

  static LoanAnswer of(Document<Loan> document) {
    Loan loan = document.body();
    return new LoanAnswer(
        document.id(),
        loan.state(),
        Money.of(loan.booked().outstanding(), loan.terms().amount().code()));
  }

  /** A plan that puts the loan, answers how it stands then, and tells the borrower the same. */
  static Plan told(String event, Document<Loan> document, Books books) {
    LoanAnswer answer = of(document);
    return new Plan(books)
        .put(document)
        .answer(answer)
        .tell(new Event(document.account(), event, answer));
  }
}
