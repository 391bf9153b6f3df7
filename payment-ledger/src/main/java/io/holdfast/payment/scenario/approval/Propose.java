package io.holdfast.payment.scenario.approval;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Route;
import io.holdfast.payment.ledger.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Stands in the place of an operation that needs two operators: takes the same request at the same
 * route, and keeps it for another operator to approve.
 */
final class Propose<R extends Record> implements Operation<R> {

  /**
   * What is answered.
   *
   * @param approval what another operator has to approve
   * @param expires until when, exclusive
   */
  record Proposed(DocumentId approval, Instant expires) {}

  private final Operation<R> operation;
  private final Duration lifetime;

  Propose(Operation<R> operation, Duration lifetime) {
    this.operation = operation;
    this.lifetime = lifetime;
  }

  @Override
  public String type() {
    return "propose-" + operation.type();
  }

  @Override
  public Class<R> request() {
    return operation.request();
  }

  @Override
  public Route route() {
    return new Route(operation.route().path(), 202);
  }

  @Override
  public Set<Role> roles() {
    return Set.of(Role.OPERATOR);
  }

  @Override
  public Scope scope(R request) {
    return operation.scope(request);
  }

  @Override
  public Reads reads(R request) {
    return operation.reads(request);
  }

  @Override
  public Optional<Class<? extends Record>> answer() {
    return Optional.of(Proposed.class);
  }

  /** Plans the operation too, only to refuse at once what would be refused at the approval. */
  @Override
  public Plan plan(R request, Books books) {
    DocumentId id = books.newId(Approval.KIND);
    AccountId account = account(request, operation.plan(request, books));
    Instant expires = books.now().plus(lifetime);
    Approval proposed =
        Approval.of(
            operation.type(),
            Json.read(Json.write(request), ObjectNode.class),
            books.caller().name(),
            books.now(),
            expires);
    return new Plan(books)
        .put(Document.of(id, account, proposed).dueAt(expires))
        .answer(new Proposed(id, expires));
  }

  private AccountId account(R request, Plan plan) {
    Scope scope = operation.scope(request);
    return scope
        .account()
        .or(
            () ->
                plan.documents().stream()
                    .filter(each -> each.id().value().equals(scope.name()))
                    .map(Document::account)
                    .findAny())
        .orElseThrow(
            () ->
                new IllegalStateException(
                    operation.type() + " does not change the document that it is about"));
  }
}
