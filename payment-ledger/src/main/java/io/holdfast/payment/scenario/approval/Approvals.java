package io.holdfast.payment.scenario.approval;

import io.holdfast.payment.ledger.AuditRule;
import io.holdfast.payment.ledger.DocumentKind;
import io.holdfast.payment.ledger.DueWork;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Scenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Has operations done by two operators, whatever they are: each whose {@link
 * Operation#needsTwoOperators} is true.
 *
 * <pre>
 * first operator:   POST {its own route}          202, with the id of an approval
 *                   GET /approvals/{id}           what is proposed, for every operator
 * another operator: POST /approvals/{id}/approve  repeats operation and request: done in this commit
 *              or:  POST /approvals/{id}/reject   also by the first one
 * nobody:           it expires
 * </pre>
 *
 * The approval lives in the shard of what the operation is about, so that the approval, the money
 * and the state "executed" are one commit; hence it is done once at most. Whatever is refused at
 * the approval leaves it open, to be approved again, under another key, when the books allow it.
 */
public final class Approvals implements Scenario {

  /** How long a proposal waits for the second operator. */
  public static final Duration LIFETIME = Duration.ofDays(7);

  private final Map<String, Operation<?>> guarded = new LinkedHashMap<>();
  private final ExpireApproval expiry = new ExpireApproval();

  private Approvals(List<Scenario> scenarios) {
    for (Scenario scenario : scenarios) {
      for (Operation<?> operation : scenario.operations()) {
        if (operation.needsTwoOperators()
            && guarded.putIfAbsent(operation.type(), operation) != null) {
          throw new IllegalArgumentException("two of one name: " + operation.type());
        }
      }
    }
  }

  /**
   * These scenarios with a proposal in the place of each operation that needs two operators, and
   * the scenario that approves.
   *
   * @throws IllegalArgumentException if such an operation is not one of operators only
   */
  public static List<Scenario> over(List<Scenario> scenarios) {
    List<Scenario> all = new ArrayList<>();
    for (Scenario scenario : scenarios) {
      List<Operation<?>> wrapped = new ArrayList<>();
      scenario.operations().forEach(each -> wrapped.add(wrap(each)));
      all.add(new Wrapped(scenario, wrapped));
    }
    all.add(new Approvals(scenarios));
    return List.copyOf(all);
  }

  /** What can be asked for at the operation's route: itself, or that it be approved. */
  public static <R extends Record> Operation<R> wrap(Operation<R> operation) {
    if (!operation.needsTwoOperators()) {
      return operation;
    }
    if (!operation.roles().equals(Set.of(Role.OPERATOR))) {
      throw new IllegalArgumentException(
          "what needs two operators is asked for by operators only: " + operation.type());
    }
    return new Propose<>(operation, LIFETIME);
  }

  @Override
  public String name() {
    return "approvals";
  }

  @Override
  public List<Operation<?>> operations() {
    return List.of(new Approve(guarded), new Reject(), expiry);
  }

  @Override
  public List<DocumentKind<?>> documents() {
    return List.of(Approval.KIND);
  }

  @Override
  public List<DueWork<?>> work() {
    return List.of(expiry);
  }

  @Override
  public List<AuditRule> audit() {
    return ApprovalAudit.rules(guarded.keySet());
  }

  private record Wrapped(Scenario scenario, List<Operation<?>> operations) implements Scenario {

    @Override
    public String name() {
      return scenario.name();
    }

    @Override
    public List<DocumentKind<?>> documents() {
      return scenario.documents();
    }

    @Override
    public List<DueWork<?>> work() {
      return scenario.work();
    }

    @Override
    public List<AuditRule> audit() {
      return scenario.audit();
    }
  }
}
