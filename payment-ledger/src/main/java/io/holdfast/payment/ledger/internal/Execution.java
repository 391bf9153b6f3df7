package io.holdfast.payment.ledger.internal;

import io.holdfast.payment.ledger.Deadline;
import io.holdfast.payment.ledger.Hold;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.ledger.KeyReusedException;
import io.holdfast.payment.ledger.Refusal;
import io.holdfast.payment.ledger.RefusedException;
import io.holdfast.payment.ledger.Reply;
import io.holdfast.payment.ledger.internal.Effects.DocumentRow;
import io.holdfast.payment.ledger.internal.Effects.EventRow;
import io.holdfast.payment.ledger.internal.OperationRow.State;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Executes a request if all shards that it concerns are of the batch; else says that others are
 * needed.
 */
final class Execution extends Task<Execution.Answer> {

  /** What it came to. */
  sealed interface Answer {
    /** It is over. */
    record Replied(Reply reply) implements Answer {}

    /** Nothing was done: shards have to take part that the batch did not have. */
    record NeedsOthers(Effects effects) implements Answer {}

    /** Nothing was done: the same request is under way. */
    record InFlight() implements Answer {}
  }

  private final Request<?> request;
  private final Map<Integer, Set<String>> elsewhere;

  /**
   * Of a request.
   *
   * @param elsewhere accounts that it is likely to concern in other shards, by shard
   */
  Execution(Request<?> request, Map<Integer, Set<String>> elsewhere) {
    super(request.key().shard());
    this.request = request;
    this.elsewhere = elsewhere;
  }

  @Override
  Map<Integer, Set<String>> elsewhere() {
    return elsewhere;
  }

  @Override
  Deadline deadline() {
    return request.deadline();
  }

  @Override
  Wanted wanted() {
    return request.wanted();
  }

  @Override
  Answer apply(ShardBooks books, Moment moment) {
    Optional<Answer> known = known(books, request);
    if (known.isPresent()) {
      return known.get();
    }
    try {
      Effects effects = request.plan(books, moment.now());
      Map<Integer, Effects.Share> shares = effects.elsewhere(shard());
      if (!shares.keySet().stream().allMatch(each -> books.beside(each).isPresent())) {
        return new Answer.NeedsOthers(effects);
      }
      Draft draft = new Draft(books, Draft.Mode.ASKING);
      draft.add(effects, Draft.day(moment.now()));
      effects.claims().in(shard()).check(books);
      List<Other> others = new ArrayList<>();
      shares.forEach((each, share) -> others.add(other(books.beside(each).orElseThrow(), share)));
      Optional<String> name = others.isEmpty() ? Optional.empty() : Optional.of(request.atOnce());
      draft.commit();
      carryOut(books, effects, request.head(), draft, name.orElse(""), moment.now());
      others.forEach(each -> each.carryOut(request.head(), name.orElseThrow(), moment.now()));
      return replied(books, request, State.DONE, effects.answer(), name, moment);
    } catch (RefusedException refused) {
      return refuse(books, request, refused.refusal(), moment);
    }
  }

  /** What is done in another shard: checked, and not in its books yet. */
  private record Other(ShardBooks books, Effects.Share share, Draft draft) {
    void carryOut(BranchBody.Head head, String transaction, Instant now) {
      draft.commit();
      share.claims().carryOut(books);
      tell(books, share.events(), books.journal(now, head, transaction, draft.entries()));
    }
  }

  private static Other other(ShardBooks books, Effects.Share share) {
    Draft draft = new Draft(books, Draft.Mode.ASKING);
    draft.add(share);
    share.claims().check(books);
    return new Other(books, share, draft);
  }

  /** What is known of a request by its key. */
  static Optional<Answer> known(ShardBooks books, Request<?> request) {
    Optional<OperationRow> earlier = books.operation(request.key());
    if (earlier.isEmpty()) {
      return Optional.empty();
    }
    OperationRow row = earlier.get();
    if (!row.digest().equals(request.digest())) {
      throw new KeyReusedException(request.key().key());
    }
    return Optional.of(
        row.state() == State.PENDING
            ? new Answer.InFlight()
            : new Answer.Replied(reply(row, Reply.Origin.REPLAYED)));
  }

  static Reply reply(OperationRow row, Reply.Origin origin) {
    if (row.answer().isEmpty()) {
      return Pruning.reply(row);
    }
    String answer = row.answer().get();
    return new Reply(
        answer,
        row.state() == State.REFUSED
            ? Optional.of(Json.read(answer, Refusal.class))
            : Optional.empty(),
        origin,
        row.node(),
        row.at());
  }

  /** Stores a refusal under the key. */
  static Answer refuse(ShardBooks books, Request<?> request, Refusal refusal, Moment moment) {
    return replied(books, request, State.REFUSED, Json.write(refusal), Optional.empty(), moment);
  }

  private static Answer replied(
      ShardBooks books,
      Request<?> request,
      State state,
      String answer,
      Optional<String> transaction,
      Moment moment) {
    OperationRow row =
        new OperationRow(
            request.key(),
            request.digest(),
            request.type(),
            state,
            Optional.of(answer),
            transaction,
            moment.node(),
            moment.token(),
            moment.now());
    books.put(row);
    return new Answer.Replied(reply(row, Reply.Origin.EXECUTED));
  }

  /** Everything of a plan but what its draft has done, with the journal's row. */
  static void carryOut(
      ShardBooks books,
      Effects effects,
      BranchBody.Head head,
      Draft draft,
      String transaction,
      Instant now) {
    JournalRow row = books.journal(now, head, transaction, draft.entries());
    effects.releases().forEach(books::removeHold);
    for (Hold hold : effects.holds()) {
      books.putHold(Stored.hold(hold));
    }
    for (DocumentRow document : effects.documents()) {
      books.putDocument(Stored.document(document));
    }
    effects.claims().in(books.shard()).carryOut(books);
    tell(books, effects.eventsIn(books.shard()), row);
  }

  /** Puts down what is to be told to owners of accounts of this shard. */
  static void tell(ShardBooks books, List<EventRow> events, JournalRow row) {
    int number = 0;
    for (EventRow event : events) {
      books.events.add(new ShardBooks.PlacedEvent(row.seq(), number++, event));
    }
  }
}
