package io.holdfast.payment.scenario.topup;

import io.holdfast.payment.ledger.Account;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.AccountStatus;
import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import io.holdfast.payment.ledger.Refusal;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Route;
import io.holdfast.payment.ledger.Scope;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Tops up an account of the caller's from a card. It is {@link TopUp.State#PROCESSING} then; what
 * came of it is read from the document.
 */
public final class StartTopUp implements Operation<StartTopUp.Request> {

  private static final Pattern TOKEN = Pattern.compile("tok_[A-Za-z0-9_-]{1,64}");
  private static final int ACCEPTED = 202;

  /**
   * What is asked.
   *
   * @param account which is topped up
   * @param amount minor units, more than zero
   * @param currency ISO 4217 code; that of the account
   * @param card the token that stands for the card: {@code tok_} and 1 to 64 letters, digits,
   *     dashes and underscores
   */
  public record Request(AccountId account, long amount, String currency, String card) {

    public Request {
      CardNumbers.refuseIn(account.value(), Long.toString(amount), currency, card);
      if (!TOKEN.matcher(card).matches()) {
        throw new IllegalArgumentException(
            "a card is given by its token: tok_ and 1 to 64 letters, digits, '-' or '_'");
      }
      if (Money.of(amount, currency).minorUnits() == 0) {
        throw new IllegalArgumentException("a top-up is over more than zero");
      }
    }
  }

  @Override
  public String type() {
    return "topup";
  }

  @Override
  public Class<Request> request() {
    return Request.class;
  }

  @Override
  public Route route() {
    return new Route(TopUp.KIND.collection(), ACCEPTED);
  }

  @Override
  public Set<Role> roles() {
    return Set.of(Role.CUSTOMER);
  }

  @Override
  public Optional<Class<? extends Record>> answer() {
    return Optional.of(TopUpReceipt.class);
  }

  @Override
  public Scope scope(Request request) {
    return Scope.of(request.account());
  }

  @Override
  public Reads reads(Request request) {
    return Reads.NONE.account(request.account());
  }

  @Override
  public Plan plan(Request request, Books books) {
    Account account = books.own(request.account());
    if (account.status() != AccountStatus.OPEN) {
      throw Refusal.conflict("account-not-open", "Only an open account can be topped up.")
          .exception();
    }
    Money amount = Money.of(request.amount(), request.currency());
    if (!account.currency().equals(amount.code())) {
      throw Refusal.invalid("currency-mismatch", "The account is kept in another currency.")
          .exception();
    }
    Document<TopUp> document =
        Document.of(
                books.newId(TopUp.KIND),
                account.id(),
                TopUp.processing(amount, request.card(), books.now()))
            .dueAt(books.now());
    return TopUpStep.changed(document, new Plan(books));
  }
}
