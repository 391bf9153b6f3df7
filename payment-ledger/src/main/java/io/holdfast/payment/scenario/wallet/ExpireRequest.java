package io.holdfast.payment.scenario.wallet;

import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.DocumentKind;
import io.holdfast.payment.ledger.DueWork;
import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Route;
import io.holdfast.payment.ledger.Scope;
import io.holdfast.payment.ledger.Submission;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Nobody paid a request for money in time. Asked for when it is due, which is when it expires; so
 * the plan does not look at the clock, and no clock that is behind can have it refused for good.
 */
final class ExpireRequest implements Operation<ExpireRequest.Request>, DueWork<MoneyRequest> {

  /**
   * What is asked.
   *
   * @param id the request for money
   */
  public record Request(DocumentId id) {}

  @Override
  public DocumentKind<MoneyRequest> kind() {
    return MoneyRequest.KIND;
  }

  @Override
  public CompletionStage<Optional<Submission<?>>> due(Document<MoneyRequest> document) {
    return CompletableFuture.completedFuture(
        Optional.of(
            new Submission<>(
                this, new Request(document.id()), new IdempotencyKey("expire:" + document.id()))));
  }

  @Override
  public String type() {
    return "expire-request";
  }

  @Override
  public Class<Request> request() {
    return Request.class;
  }

  @Override
  public Route route() {
    return Route.doing("/money-requests/{id}/expire");
  }

  @Override
  public Set<Role> roles() {
    return Set.of(Role.SYSTEM);
  }

  @Override
  public Scope scope(Request request) {
    return Scope.of(request.id());
  }

  @Override
  public Reads reads(Request request) {
    return Reads.NONE.document(request.id());
  }

  @Override
  public Plan plan(Request request, Books books) {
    Document<MoneyRequest> document = books.document(MoneyRequest.KIND, request.id());
    return document.body().state() == MoneyRequest.State.OPEN
        ? MoneyRequest.end(document, MoneyRequest.State.EXPIRED, books)
        : new Plan(books).answer(document);
  }
}
