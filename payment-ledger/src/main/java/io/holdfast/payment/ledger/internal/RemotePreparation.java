package io.holdfast.payment.ledger.internal;

import io.holdfast.payment.ledger.Posting;
import io.holdfast.payment.ledger.Refusal;
import io.holdfast.payment.ledger.RefusedException;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Prepares a branch in a shard that only gives or gets: promises its postings. */
final class RemotePreparation extends Task<Optional<Refusal>> {

  private static final Effects NOTHING =
      new Effects(
          List.of(), Map.of(), List.of(), List.of(), List.of(), Map.of(), Map.of(), List.of(),
          List.of(), "{}");

  private final String branch;
  private final BranchBody.Head head;
  private final List<Posting> postings;

  RemotePreparation(int shard, String branch, BranchBody.Head head, List<Posting> postings) {
    super(shard);
    this.branch = branch;
    this.head = head;
    this.postings = List.copyOf(postings);
  }

  @Override
  Wanted wanted() {
    return new Wanted(
        List.of(),
        postings.stream().filter(each -> !each.isSystem()).map(Posting::account).toList(),
        List.of(),
        List.of(),
        List.of(branch));
  }

  /** Empty if it is prepared. */
  @Override
  Optional<Refusal> apply(ShardBooks books, Moment moment) {
    if (books.branch(branch).isPresent()) {
      return Optional.empty();
    }
    try {
      LocalDate day = Draft.day(moment.now());
      Draft asking = new Draft(books, Draft.Mode.ASKING);
      asking.post(postings);
      asking.check();
      Draft.Promise promise = new Draft(books, Draft.Mode.ASKING).promise(NOTHING, postings, day);
      promise.draft().commit();
      books.putBranch(
          new ShardBooks.BranchRow(
              branch,
              moment.now().plus(moment.deadline()),
              new BranchBody(
                  head, postings, Optional.empty(), promise.held(), promise.incoming(), day)));
      return Optional.empty();
    } catch (RefusedException refused) {
      return Optional.of(refused.refusal());
    }
  }
}
