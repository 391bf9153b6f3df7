package io.holdfast.payment.ledger.internal;

import io.holdfast.payment.ledger.Deadline;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.ledger.Refusal;
import io.holdfast.payment.ledger.RefusedException;
import io.holdfast.payment.ledger.internal.Effects.DocumentRow;
import io.holdfast.payment.ledger.internal.OperationRow.State;
import java.time.LocalDate;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Prepares the executing shard's branch of a request that concerns others as well: promises what
 * its accounts give and get, locks the documents and holds that it will change, and puts the
 * request under its key as pending.
 */
final class Preparation extends Task<Preparation.Vote> {

  /** How the branch votes. */
  sealed interface Vote {
    /** It can be committed and aborted. */
    record Prepared(Effects effects) implements Vote {}

    /** Nothing is left of it: this is known by now of the request. */
    record Known(Execution.Answer answer) implements Vote {}

    /**
     * Nothing is left of it, and it has to be begun anew: the shards that have to take part are
     * others than those asked, or another transaction is about the same.
     */
    record Changed() implements Vote {}

    /** Nothing is left of it: it was not begun. */
    record Expired() implements Vote {}

    /** It is not known. */
    record Silent() implements Vote {}
  }

  private final Request<?> request;
  private final Set<Integer> others;
  private final String branch;
  private final String database;
  private final Consumer<Effects> planned;

  /** What it has told; null if nothing yet. */
  private @Nullable Effects told;

  /**
   * In a transaction.
   *
   * @param others the shards of the other branches
   * @param database whose branch it is in the transaction
   * @param planned is told what this is about to promise, once, before it is committed: so the
   *     other shards need not wait for that. By the lane's thread, so it must be quick
   */
  Preparation(
      Request<?> request,
      Set<Integer> others,
      String branch,
      String database,
      Consumer<Effects> planned) {
    super(request.key().shard());
    this.request = request;
    this.others = others;
    this.branch = branch;
    this.database = database;
    this.planned = planned;
  }

  @Override
  Wanted wanted() {
    return request.wanted();
  }

  @Override
  Optional<String> database() {
    return Optional.of(database);
  }

  /** The others are asked only when this has planned. */
  @Override
  Deadline deadline() {
    return request.deadline();
  }

  @Override
  Vote apply(ShardBooks books, Moment moment) {
    Optional<Execution.Answer> known = Execution.known(books, request);
    if (known.isPresent()) {
      return new Vote.Known(known.get());
    }
    try {
      Effects effects = request.plan(books, moment.now());
      if (!effects.elsewhere(shard()).keySet().equals(others) || isOtherThanTold(effects)) {
        return new Vote.Changed();
      }
      LocalDate day = Draft.day(moment.now());
      new Draft(books, Draft.Mode.ASKING).add(effects, day);
      Draft.Promise promise =
          new Draft(books, Draft.Mode.ASKING).promise(effects, effects.in(shard()), day);
      Claims claims = effects.claims().in(shard());
      claims.check(books);
      promise.draft().commit();
      lock(books, effects);
      claims.lock(books, branch);
      books.putBranch(
          new ShardBooks.BranchRow(
              branch,
              moment.now().plus(moment.deadline()),
              new BranchBody(
                  request.head(),
                  effects.in(shard()),
                  claims,
                  effects.eventsIn(shard()),
                  Optional.of(effects),
                  promise.held(),
                  promise.incoming(),
                  spentOn(promise.draft(), effects, day))));
      books.put(
          new OperationRow(
              request.key(),
              request.digest(),
              request.type(),
              State.PENDING,
              Optional.empty(),
              Optional.of(branch),
              moment.node(),
              moment.token(),
              moment.now()));
      tell(effects);
      return new Vote.Prepared(effects);
    } catch (RefusedException refused) {
      return new Vote.Known(Execution.refuse(books, request, refused.refusal(), moment));
    }
  }

  /** In an earlier attempt to commit, to shards that may have promised their parts by now. */
  private boolean isOtherThanTold(Effects effects) {
    return told != null && !told.equals(effects);
  }

  private void tell(Effects effects) {
    if (told == null) {
      told = effects;
      planned.accept(effects);
    }
  }

  /** The day on which it counts, which is a later one where a clock was set back. */
  private static LocalDate spentOn(Draft promised, Effects effects, LocalDate day) {
    return effects.spent().keySet().stream()
        .map(id -> promised.account(id).spentOn())
        .max(LocalDate::compareTo)
        .orElse(day);
  }

  /** A document that is new is put down already, so that nobody else makes it meanwhile. */
  private void lock(ShardBooks books, Effects effects) {
    for (DocumentRow document : effects.documents()) {
      Optional<Stored<DocumentRow>> now = books.document(document.id());
      books.putDocument(
          now.isPresent()
              ? new Stored<>(now.get().free(), Optional.of(branch), false)
              : new Stored<>(document, Optional.of(branch), true));
    }
    for (String id : effects.releases()) {
      books.putHold(new Stored<>(books.hold(id).orElseThrow().free(), Optional.of(branch), false));
    }
  }

  /** Stores what another shard has refused, so that a late twin has no effect. */
  static final class Refused extends Task<Execution.Answer> {
    private final Request<?> request;
    private final Refusal refusal;
    private final Optional<String> branch;

    /**
     * In a transaction that is aborted.
     *
     * @param branch of the executing shard; empty if it was never asked to prepare one
     */
    Refused(Request<?> request, Refusal refusal, Optional<String> branch) {
      super(request.key().shard());
      this.request = request;
      this.refusal = refusal;
      this.branch = branch;
    }

    @Override
    Wanted wanted() {
      return request.wanted();
    }

    @Override
    Execution.Answer apply(ShardBooks books, Moment moment) {
      Optional<OperationRow> row = books.operation(request.key());
      // A twin of this request may be under way in a transaction of its own: that is not refused.
      if (row.isPresent()
          && row.get().state() == State.PENDING
          && row.get().transaction().equals(branch)) {
        OperationRow ended = row.get().ended(State.REFUSED, Json.write(refusal));
        books.put(ended);
        return new Execution.Answer.Replied(
            Execution.reply(ended, io.holdfast.payment.ledger.Reply.Origin.EXECUTED));
      }
      return Execution.known(books, request)
          .orElseGet(() -> Execution.refuse(books, request, refusal, moment));
    }
  }
}
