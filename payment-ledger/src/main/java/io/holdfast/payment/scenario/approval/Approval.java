package io.holdfast.payment.scenario.approval;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.DocumentKind;
import io.holdfast.payment.ledger.Refusal;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * Something that an operator has proposed, and what became of it.
 *
 * @param operation the type of what is to be done
 * @param request the whole request for that, with what stood in the path
 * @param proposer the name of the operator who proposed it
 * @param proposed when
 * @param expires when it can be approved no longer
 * @param state what became of it
 * @param decider who approved or rejected it; empty before, and if it expired
 * @param decided when that was
 * @param reason why it was rejected
 */
public record Approval(
    String operation,
    ObjectNode request,
    String proposer,
    Instant proposed,
    Instant expires,
    State state,
    Optional<String> decider,
    Optional<Instant> decided,
    Optional<String> reason) {

  /** What becomes of a proposal. The names are in the database and never change. */
  public enum State {
    /** Another operator may approve it. */
    PROPOSED,
    /** Approved, and done by that. */
    EXECUTED,
    /** Not to be done. */
    REJECTED,
    /** Nobody approved it in time. */
    EXPIRED
  }

  /** For operators only: an owner does not read what they consider. */
  public static final DocumentKind<Approval> KIND =
      new DocumentKind<>("approval", Approval.class, "/approvals").forOperators();

  static Approval of(
      String operation, ObjectNode request, String proposer, Instant proposed, Instant expires) {
    return new Approval(
        operation,
        request,
        proposer,
        proposed,
        expires,
        State.PROPOSED,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /**
   * One that can still be decided.
   *
   * @throws io.holdfast.payment.ledger.RefusedException {@code not-found}, {@code
   *     approval-executed}, {@code approval-rejected}, {@code approval-expired}
   */
  static Document<Approval> undecided(Books books, DocumentId id) {
    Document<Approval> document = books.document(KIND, id);
    Approval approval = document.body();
    if (approval.state != State.PROPOSED) {
      throw Refusal.conflict(
              "approval-" + approval.state.name().toLowerCase(Locale.ROOT),
              "It is decided: nothing can be changed about it.")
          .exception();
    }
    if (!books.now().isBefore(approval.expires)) {
      throw Refusal.conflict(
              "approval-expired", "Nobody approved it in time. It has to be proposed again.")
          .exception();
    }
    return document;
  }

  Approval executed(String by, Instant when) {
    return decided(State.EXECUTED, Optional.of(by), when, Optional.empty());
  }

  Approval rejected(String by, Instant when, String why) {
    return decided(State.REJECTED, Optional.of(by), when, Optional.of(why));
  }

  Approval expired(Instant when) {
    return decided(State.EXPIRED, Optional.empty(), when, Optional.empty());
  }

  private Approval decided(State changed, Optional<String> by, Instant when, Optional<String> why) {
    return new Approval(
        operation, request, proposer, proposed, expires, changed, by, Optional.of(when), why);
  }
}
