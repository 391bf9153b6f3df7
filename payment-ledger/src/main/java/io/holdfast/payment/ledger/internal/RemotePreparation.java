package io.holdfast.payment.ledger.internal;

import io.holdfast.payment.ledger.Refusal;
import io.holdfast.payment.ledger.RefusedException;
import io.holdfast.transaction.BranchId;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Prepares a branch in a shard that does not execute: promises its postings and claims, and looks
 * whose its accounts are, and that those to be told something are there.
 */
final class RemotePreparation extends Task<Optional<Refusal>> {

  private static final Effects NOTHING =
      new Effects(
          List.of(),
          Map.of(),
          List.of(),
          List.of(),
          List.of(),
          Map.of(),
          Map.of(),
          Map.of(),
          List.of(),
          List.of(),
          Claims.NONE,
          List.of(),
          "{}");

  private final String branch;
  private final String database;
  private final BranchBody.Head head;
  private final Effects.Share share;

  RemotePreparation(
      int shard, String branch, String database, BranchBody.Head head, Effects.Share share) {
    super(shard);
    this.branch = branch;
    this.database = database;
    this.head = head;
    this.share = share;
  }

  @Override
  Wanted wanted() {
    return new Wanted(
        List.of(),
        List.copyOf(share.accounts()),
        share.claims().ids().toList(),
        List.of(),
        List.of(branch),
        List.of(transaction(branch)));
  }

  /** By what the journal names the transaction of a branch. */
  static String transaction(String branch) {
    return BranchId.parse(branch).map(id -> id.transaction().toString()).orElse(branch);
  }

  @Override
  Optional<String> database() {
    return Optional.of(database);
  }

  /** Empty if it is prepared. */
  @Override
  Optional<Refusal> apply(ShardBooks books, Moment moment) {
    // What comes late or again, sent by whomever, must not promise anew what has been carried out.
    if (books.branch(branch).isPresent() || books.hasBooked(transaction(branch))) {
      return Optional.empty();
    }
    try {
      LocalDate day = Draft.day(moment.now());
      new Draft(books, Draft.Mode.ASKING).add(share);
      Draft.Promise promise =
          new Draft(books, Draft.Mode.ASKING).promise(NOTHING, share.postings(), day);
      share.claims().check(books);
      promise.draft().commit();
      share.claims().lock(books, branch);
      books.putBranch(
          new ShardBooks.BranchRow(
              branch,
              moment.now().plus(moment.deadline()),
              new BranchBody(
                  head,
                  share.postings(),
                  share.claims(),
                  share.events(),
                  Optional.empty(),
                  promise.held(),
                  promise.incoming(),
                  day)));
      return Optional.empty();
    } catch (RefusedException refused) {
      return Optional.of(refused.refusal());
    }
  }
}
