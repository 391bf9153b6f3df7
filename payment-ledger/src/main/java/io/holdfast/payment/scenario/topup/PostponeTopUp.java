package io.holdfast.payment.scenario.topup;

import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import java.time.Duration;

/**
 * Has the acquirer asked later, for it gave no answer that settles anything: after 2, 4, 8 seconds
 * and so on up to 5 minutes, and a quarter more or less of that, different for each top-up. The
 * time stands in the document, so a new owner of the shard does not ask about all of them at once.
 */
final class PostponeTopUp extends TopUpStep<PostponeTopUp.Request> {

  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final int DOUBLINGS = 8;

  /**
   * Which attempt is over.
   *
   * @param topup of which top-up
   * @param attempt how many were before it
   */
  record Request(DocumentId topup, int attempt) {}

  PostponeTopUp() {
    super("topup-postpone", Request.class, "postponement");
  }

  @Override
  DocumentId topUp(Request request) {
    return request.topup();
  }

  @Override
  public Reads reads(Request request) {
    return Reads.NONE.document(request.topup());
  }

  @Override
  public Plan plan(Request request, Books books) {
    Document<TopUp> document = document(request, books);
    TopUp topUp = document.body();
    if (topUp.attempts() != request.attempt() || document.due().isEmpty()) {
      return unchanged(document, books);
    }
    boolean processing = topUp.state() == TopUp.State.PROCESSING;
    int left = Math.max(0, topUp.checksLeft() - 1);
    int asked = processing ? topUp.attempts() : CheckTopUp.CHECKS - topUp.checksLeft();
    TopUp next = topUp.asked(processing ? 0 : left);
    return changed(
        processing || left > 0
            ? document.with(next).dueAt(books.now().plus(delay(document.id(), asked)))
            : next.atRest(document, books.now()),
        new Plan(books));
  }

  /** After so many attempts before the one that is over. */
  static Duration delay(DocumentId id, int attempts) {
    Duration doubled = Duration.ofSeconds(2L << Math.min(attempts, DOUBLINGS));
    Duration base = doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
    // Three quarters to five quarters of it, by what the id and the attempt happen to be.
    int share = Math.floorMod(id.value().hashCode() * 31 + attempts, 501);
    return base.multipliedBy(750 + share).dividedBy(1000);
  }
}
