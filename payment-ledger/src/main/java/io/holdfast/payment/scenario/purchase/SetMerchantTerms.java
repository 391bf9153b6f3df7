package io.holdfast.payment.scenario.purchase;

import io.holdfast.payment.ledger.Account;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.AccountType;
import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import io.holdfast.payment.ledger.Refusal;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Route;
import io.holdfast.payment.ledger.Scope;
import io.holdfast.payment.ledger.ShardMap;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.Set;

/**
 * An operator agrees fees with a merchant, the first time or again. From then on the merchant can
 * make checkouts, and its account is settled each day. Changed fees hold for every day that is not
 * settled yet.
 */
public final class SetMerchantTerms implements Operation<SetMerchantTerms.Request> {

  /**
   * What is asked.
   *
   * @param account of type {@link AccountType#MERCHANT}
   * @param basisPoints see {@link FeeTerms}
   * @param fixed see {@link FeeTerms}
   */
  public record Request(AccountId account, int basisPoints, long fixed) {

    public Request {
      new FeeTerms(basisPoints, fixed);
    }

    FeeTerms fees() {
      return new FeeTerms(basisPoints, fixed);
    }
  }

  private final ShardMap map;

  SetMerchantTerms(ShardMap map) {
    this.map = map;
  }

  @Override
  public String type() {
    return "set-merchant-terms";
  }

  @Override
  public Class<Request> request() {
    return Request.class;
  }

  @Override
  public Route route() {
    return Route.doing("/accounts/{account}/merchant-terms");
  }

  @Override
  public Set<Role> roles() {
    return Set.of(Role.OPERATOR);
  }

  @Override
  public Optional<Class<? extends Record>> answer() {
    return Optional.of(Merchant.class);
  }

  @Override
  public Scope scope(Request request) {
    return Scope.of(request.account());
  }

  @Override
  public Reads reads(Request request) {
    return Reads.NONE.account(request.account()).document(Merchant.idOf(request.account(), map));
  }

  @Override
  public Plan plan(Request request, Books books) {
    Account account = books.account(request.account());
    if (account.type() != AccountType.MERCHANT) {
      throw Refusal.invalid("not-a-merchant", "The account is not one of a merchant.").exception();
    }
    DocumentId id = Merchant.idOf(account.id(), map);
    Document<Merchant> document =
        books
            .find(Merchant.KIND, id)
            .map(known -> known.with(known.body().fees(request.fees())))
            .orElseGet(() -> first(id, account, request.fees(), books));
    return new Plan(books).put(document).answer(document.body());
  }

  private static Document<Merchant> first(
      DocumentId id, Account account, FeeTerms fees, Books books) {
    LocalDate today = books.now().atZone(ZoneOffset.UTC).toLocalDate();
    return Document.of(id, account.id(), new Merchant(fees, today, 0, 0, 0))
        .dueAt(SettlementWork.after(today));
  }
}
