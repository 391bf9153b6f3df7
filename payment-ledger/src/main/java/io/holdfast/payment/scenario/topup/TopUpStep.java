package io.holdfast.payment.scenario.topup;

import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Event;
import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Route;
import io.holdfast.payment.ledger.Scope;
import io.holdfast.payment.ledger.Submission;
import java.util.Optional;
import java.util.Set;

/**
 * A step of a top-up that the cluster takes by itself. No client has its role, so its route leads
 * nowhere for them.
 */
abstract class TopUpStep<R extends Record> implements Operation<R> {

  private final String type;
  private final Class<R> request;
  private final String path;

  TopUpStep(String type, Class<R> request, String path) {
    this.type = type;
    this.request = request;
    this.path = path;
  }

  abstract DocumentId topUp(R request);

  @Override
  public final String type() {
    return type;
  }

  @Override
  public final Class<R> request() {
    return request;
  }

  @Override
  public final Route route() {
    return Route.doing("/topups/{topup}/" + path);
  }

  @Override
  public Set<Role> roles() {
    return Set.of(Role.SYSTEM);
  }

  @Override
  public final Optional<Class<? extends Record>> answer() {
    return Optional.of(TopUpReceipt.class);
  }

  @Override
  public final Scope scope(R asked) {
    return Scope.of(topUp(asked));
  }

  /** The same step under the same number has one effect. */
  final Submission<R> submission(R asked, int number) {
    return submission(asked, Integer.toString(number));
  }

  /** The same step of the same name has one effect. */
  final Submission<R> submission(R asked, String number) {
    return new Submission<>(
        this, asked, new IdempotencyKey(type + ":" + topUp(asked) + ":" + number));
  }

  final Document<TopUp> document(R asked, Books books) {
    return books.document(TopUp.KIND, topUp(asked));
  }

  /** Nothing to do: it came a second time, or too late. */
  static Plan unchanged(Document<TopUp> document, Books books) {
    return new Plan(books).answer(TopUpReceipt.of(document));
  }

  static Plan changed(Document<TopUp> document, Plan plan) {
    return plan.put(document).answer(TopUpReceipt.of(document));
  }

  static Plan told(Document<TopUp> document, String event, Plan plan) {
    return changed(document, plan)
        .tell(new Event(document.account(), event, TopUpReceipt.of(document)));
  }
}
