package io.holdfast.payment.scenario.wallet;

import io.holdfast.payment.ledger.Account;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.DocumentKind;
import io.holdfast.payment.ledger.Event;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Refusal;
import io.holdfast.payment.ledger.RefusedException;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * Money that one has asked another for. Lives in the payer's shard; both may read it.
 *
 * @param payer who is asked
 * @param payee who is to be paid
 * @param amount how much
 * @param requester the name of the caller who asked; it is paid only if the payee's account is its
 * @param reference what it is for, in the requester's words
 * @param requested when
 * @param expires when it can be paid no longer
 * @param state what became of it
 * @param decided when that was
 */
public record MoneyRequest(
    AccountId payer,
    AccountId payee,
    Money amount,
    String requester,
    Optional<String> reference,
    Instant requested,
    Instant expires,
    State state,
    Optional<Instant> decided) {

  /** What becomes of a request. The names are in the database and never change. */
  public enum State {
    /** The payer may pay it. */
    OPEN,
    /** The payer has, once. */
    PAID,
    /** The payer does not want to. */
    DECLINED,
    /** The requester does not want it any more. */
    CANCELLED,
    /** Nobody paid it in time. */
    EXPIRED
  }

  /** Where they are kept. */
  public static final DocumentKind<MoneyRequest> KIND =
      new DocumentKind<>("request", MoneyRequest.class, "/money-requests");

  /**
   * One that can still be paid.
   *
   * @throws RefusedException {@code not-found}, {@code request-paid}, {@code request-declined},
   *     {@code request-cancelled}, {@code request-expired}
   */
  static Document<MoneyRequest> open(Books books, DocumentId id) {
    Document<MoneyRequest> document = books.document(KIND, id);
    MoneyRequest request = document.body();
    State state =
        request.state == State.OPEN && !books.now().isBefore(request.expires)
            ? State.EXPIRED
            : request.state;
    if (state != State.OPEN) {
      String name = state.name().toLowerCase(Locale.ROOT);
      throw Refusal.conflict("request-" + name, "The request is " + name + " already.").exception();
    }
    return document;
  }

  /**
   * One that can still be paid, out of this account, which is the caller's.
   *
   * @throws RefusedException as {@link #open}; {@code unknown-account}; {@code not-found} if
   *     somebody else is asked
   */
  static Document<MoneyRequest> openTo(Account payer, Books books, DocumentId id) {
    Document<MoneyRequest> document = books.document(KIND, id);
    if (!document.body().payer.equals(payer.id())) {
      throw Refusal.notFound("not-found", "Nothing named " + id + " was asked of this account.")
          .exception();
    }
    return open(books, id);
  }

  MoneyRequest ended(State as, Instant when) {
    return new MoneyRequest(
        payer, payee, amount, requester, reference, requested, expires, as, Optional.of(when));
  }

  /** Puts it into this state, tells the payer, and answers with it. */
  static Plan end(Document<MoneyRequest> document, State as, Books books) {
    Document<MoneyRequest> ended = document.with(document.body().ended(as, books.now())).notDue();
    return new Plan(books).put(ended).tell(told(ended)).answer(ended);
  }

  /** What the payer is told of the state that it is in. */
  static Event told(Document<MoneyRequest> document) {
    String state = document.body().state.name().toLowerCase(Locale.ROOT);
    return new Event(document.account(), "money-request." + state, document);
  }
}
