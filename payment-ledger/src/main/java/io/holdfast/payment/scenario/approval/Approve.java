package io.holdfast.payment.scenario.approval;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import io.holdfast.payment.ledger.Refusal;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Route;
import io.holdfast.payment.ledger.Scope;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A second operator has done what a first one proposed.
 *
 * <p>The second one repeats the whole request, and it must be the one that was proposed. So nobody
 * approves an id that was mixed up, or without having seen what it stands for; and what the plan
 * looks at is known from the request, before the document is read.
 */
final class Approve implements Operation<Approve.Request> {

  /**
   * What is asked.
   *
   * @param id the approval
   * @param operation the type of what is to be done, as the approval has it
   * @param request the request for that, as the approval has it
   */
  public record Request(DocumentId id, String operation, ObjectNode request) {}

  /**
   * What is answered.
   *
   * @param approval what was approved
   * @param operation the type of what was done
   * @param result what that answers
   */
  record Executed(DocumentId approval, String operation, Optional<Record> result) {}

  private final Map<String, Operation<?>> guarded;

  /** With what needs two operators, by type. */
  Approve(Map<String, Operation<?>> guarded) {
    this.guarded = Map.copyOf(guarded);
  }

  @Override
  public String type() {
    return "approve";
  }

  @Override
  public Class<Request> request() {
    return Request.class;
  }

  @Override
  public Route route() {
    return Route.doing("/approvals/{id}/approve");
  }

  @Override
  public Set<Role> roles() {
    return Set.of(Role.OPERATOR);
  }

  @Override
  public Scope scope(Request request) {
    return Scope.of(request.id());
  }

  @Override
  public Reads reads(Request request) {
    Reads own = Reads.NONE.document(request.id());
    return repeated(request).map(each -> own.and(each.reads())).orElse(own);
  }

  @Override
  public Plan plan(Request request, Books books) {
    Document<Approval> document = Approval.undecided(books, request.id());
    Approval approval = document.body();
    if (approval.proposer().equals(books.caller().name()) || !books.caller().isAny(Role.OPERATOR)) {
      throw Refusal.forbidden(
              "two-operators", "Another operator than the one who proposed it has to approve it.")
          .exception();
    }
    Repeated<?> repeated =
        repeated(request)
            .filter(each -> each.isProposedBy(approval))
            .orElseThrow(
                () ->
                    Refusal.conflict(
                            "approval-differs",
                            "This is not the operation and the request that was proposed. Read the"
                                + " approval, and repeat them if that is what you want.")
                        .exception());
    Plan plan = repeated.plan(books);
    Optional<Record> result = plan.result();
    return plan.put(document.with(approval.executed(books.caller().name(), books.now())).notDue())
        .answer(new Executed(request.id(), approval.operation(), result));
  }

  private Optional<? extends Repeated<?>> repeated(Request request) {
    return Optional.ofNullable(guarded.get(request.operation()))
        .flatMap(operation -> Repeated.read(operation, request.request()));
  }

  /** The request of the second operator, read as the operation reads it. */
  private record Repeated<R extends Record>(Operation<R> operation, R request) {

    /** Empty if it is no request of this operation, so not the one that was proposed either. */
    static <R extends Record> Optional<Repeated<R>> read(
        Operation<R> operation, ObjectNode request) {
      try {
        R read = Json.read(Json.write(request), operation.request());
        return Optional.of(new Repeated<>(operation, read));
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }

    Reads reads() {
      return operation.reads(request);
    }

    /** What is left out and what is null are the same, and so is any order: as it was read. */
    boolean isProposedBy(Approval approval) {
      return operation.type().equals(approval.operation())
          && read(operation, approval.request())
              .filter(each -> Json.write(each.request()).equals(Json.write(request)))
              .isPresent();
    }

    Plan plan(Books books) {
      return operation.plan(request, books);
    }
  }
}
