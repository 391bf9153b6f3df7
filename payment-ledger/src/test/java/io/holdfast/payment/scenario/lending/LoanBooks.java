package io.holdfast.payment.scenario.lending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Caller;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Event;
import io.holdfast.payment.ledger.MemoryLedger;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.RefusedException;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Submission;
import io.holdfast.payment.scenario.wallet.Transfer;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/**
 * A ledger in memory with a borrower, and a loan of 1 200.00 EUR at 12 %: six months from 31
 * January 2026, late fee 5.00 after three days.
 */
final class LoanBooks {

  static final Caller BOB = Caller.of("bob", Role.CUSTOMER);
  static final Caller MALLORY = Caller.of("mallory", Role.CUSTOMER);
  static final Caller OPERATOR = Caller.of("olga", Role.OPERATOR);
  static final long INSTALMENT = 20_706; // 1200 · 0.01 / (1 − 1.01^−6)

  final LendingScenario scenario = new LendingScenario();
  final MemoryLedger ledger = new MemoryLedger();
  final AccountId account = ledger.wallet("bob", 0, "EUR");
  private final AccountId sink = ledger.wallet("shop", 0, "EUR");

  DocumentId disbursed() {
    DocumentId id = apply(RepaymentKind.ANNUITY);
    ledger.run(OPERATOR, new ApproveLoan(), approval(id, 120_000, 1200));
    ledger.run(OPERATOR, new DisburseLoan(), new DisburseLoan.Request(id));
    return id;
  }

  DocumentId apply(RepaymentKind kind) {
    ApplyForLoan.Request request =
        new ApplyForLoan.Request(account, 120_000, "EUR", 1200, 6, kind, DayCount.THIRTY_360);
    return ((LoanAnswer) ledger.run(BOB, new ApplyForLoan(), request).orElseThrow()).loan();
  }

  ApplyForLoan.Request application(String currency, long amount, int months) {
    return new ApplyForLoan.Request(
        account, amount, currency, 1200, months, RepaymentKind.ANNUITY, DayCount.THIRTY_360);
  }

  static ApproveLoan.Request approval(DocumentId id, long amount, int rate) {
    return new ApproveLoan.Request(id, amount, "EUR", rate, 500, 3);
  }

  static CollectInstalment.Request collection(Document<Loan> document) {
    return new CollectInstalment.Request(
        document.id(), document.account(), LocalDate.parse("2026-02-28"));
  }

  Submission<?> submission(DocumentId id) {
    InstalmentCollection work = (InstalmentCollection) scenario.work().get(0);
    return work.due(document(id)).toCompletableFuture().join().orElseThrow();
  }

  RepayLoan.Answer repay(DocumentId id, long amount) {
    RepayLoan.Request request = new RepayLoan.Request(id, amount, "EUR");
    return (RepayLoan.Answer) ledger.run(BOB, new RepayLoan(), request).orElseThrow();
  }

  static RepayLoan.Answer answer(
      DocumentId id, long lateFee, long interest, long principal, long outstanding) {
    return new RepayLoan.Answer(
        id, Loan.State.ACTIVE, "EUR", lateFee, interest, principal, 0, outstanding);
  }

  void on(String time) {
    ledger.advanceTo(Instant.parse(time));
    ledger.due(scenario);
  }

  void spend(long amount) {
    ledger.run(BOB, new Transfer(), new Transfer.Request(account, sink, amount, "EUR"));
  }

  void giveBack(long amount) {
    ledger.run(OPERATOR, new Transfer(), new Transfer.Request(sink, account, amount, "EUR"));
  }

  void fund(long amount) {
    AccountId rich = ledger.wallet("rich", amount, "EUR");
    ledger.run(OPERATOR, new Transfer(), new Transfer.Request(rich, account, amount, "EUR"));
  }

  Document<Loan> document(DocumentId id) {
    return ledger.document(Loan.KIND, id);
  }

  Loan loan(DocumentId id) {
    return document(id).body();
  }

  List<String> types() {
    return ledger.events().stream().map(Event::type).toList();
  }

  <R extends Record> void refused(String code, Operation<R> operation, R request) {
    refused(code, OPERATOR, operation, request);
  }

  <R extends Record> void refused(String code, Caller caller, Operation<R> operation, R request) {
    ThrowingCallable asked = () -> ledger.run(caller, operation, request);
    assertThatThrownBy(asked)
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.refusal().code()).isEqualTo(code));
  }
}
