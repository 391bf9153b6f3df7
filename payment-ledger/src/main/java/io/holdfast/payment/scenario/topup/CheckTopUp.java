package io.holdfast.payment.scenario.topup;

import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Submission;
import io.holdfast.payment.scenario.topup.acquirer.Notice;
import java.util.Set;

/**
 * Has the acquirer asked about a top-up, whatever its state, because somebody says that there is
 * something new: a notice of a chargeback, a reconciliation, an operator. Changes nothing else:
 * what is to be booked, the acquirer's answer says.
 */
public final class CheckTopUp extends TopUpStep<CheckTopUp.Request> {

  /** How often it is asked about one that is settled, until there is something new. */
  static final int CHECKS = 8;

  /**
   * What is asked.
   *
   * @param topup which
   */
  public record Request(DocumentId topup) {

    public Request {
      if (!topup.kind().equals(TopUp.KIND.name())) {
        throw new IllegalArgumentException("not the id of a top-up");
      }
    }
  }

  /** The operation. */
  public CheckTopUp() {
    super("topup-check", Request.class, "checks");
  }

  /** What to ask of the ledger because of a notice of the acquirer's. Once for each notice. */
  public static Submission<Request> because(Notice notice) {
    return new Submission<>(
        new CheckTopUp(),
        new Request(notice.reference()),
        new IdempotencyKey("notice:" + notice.id()));
  }

  @Override
  DocumentId topUp(Request request) {
    return request.topup();
  }

  @Override
  public Set<Role> roles() {
    return Set.of(Role.OPERATOR, Role.SYSTEM);
  }

  @Override
  public Reads reads(Request request) {
    return Reads.NONE.document(request.topup());
  }

  @Override
  public Plan plan(Request request, Books books) {
    Document<TopUp> document = document(request, books);
    TopUp topUp = document.body();
    return switch (topUp.state()) {
      case PROCESSING -> changed(document.dueAt(books.now()), new Plan(books));
      case SUCCEEDED, DECLINED, EXPIRED, CHARGED_BACK, CHARGEBACK_REVERSED ->
          changed(document.with(topUp.asked(CHECKS)).dueAt(books.now()), new Plan(books));
    };
  }
}
