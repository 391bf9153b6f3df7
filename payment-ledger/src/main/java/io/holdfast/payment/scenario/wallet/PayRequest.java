package io.holdfast.payment.scenario.wallet;

import io.holdfast.payment.ledger.Account;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Route;
import io.holdfast.payment.ledger.Scope;
import java.util.Set;

/** Pays what was asked for, once. */
public final class PayRequest implements Operation<PayRequest.Request> {

  /**
   * What is asked.
   *
   * @param id the request for money
   * @param payer the account that was asked, of the caller's
   */
  public record Request(DocumentId id, AccountId payer) {}

  @Override
  public String type() {
    return "pay-request";
  }

  @Override
  public Class<Request> request() {
    return Request.class;
  }

  @Override
  public Route route() {
    return Route.doing("/money-requests/{id}/pay");
  }

  @Override
  public Set<Role> roles() {
    return Set.of(Role.CUSTOMER, Role.MERCHANT, Role.OPERATOR);
  }

  @Override
  public Scope scope(Request request) {
    return Scope.of(request.id());
  }

  @Override
  public Reads reads(Request request) {
    return Reads.NONE.document(request.id()).account(request.payer());
  }

  @Override
  public Plan plan(Request request, Books books) {
    Account payer = books.own(request.payer());
    Document<MoneyRequest> document = MoneyRequest.openTo(payer, books, request.id());
    MoneyRequest asked = document.body();
    return MoneyRequest.end(document, MoneyRequest.State.PAID, books)
        .debit(asked.payer(), asked.amount())
        .credit(asked.payee(), asked.amount())
        .requireOwner(asked.payee(), asked.requester())
        .spend(payer, asked.amount());
  }
}
