package io.holdfast.payment.ledger.internal;

import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.ledger.Refusal;
import io.holdfast.payment.ledger.Reply;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Forgets what some requests were answered. That they were, with which digest, and whether they
 * were done or refused, stays for ever: so a key never has a second effect.
 */
final class Pruning extends Task<Integer> {

  private final List<OperationKey> keys;
  private final Instant before;

  /**
   * Of these requests of one shard.
   *
   * @param before of them, those that were executed before then
   */
  Pruning(int shard, List<OperationKey> keys, Instant before) {
    super(shard);
    this.keys = List.copyOf(keys);
    this.before = before;
  }

  /**
   * What is answered to a request whose answer is pruned.
   *
   * @param pruned true
   * @param doneAt when it was done
   */
  private record Done(boolean pruned, Instant doneAt) {}

  /** Whoever asks again is told as much as is still known. */
  static Reply reply(OperationRow row) {
    if (row.state() == OperationRow.State.REFUSED) {
      Refusal refusal =
          Refusal.conflict(
              "refused-before",
              "It was refused on " + row.at() + "; for what reason is kept no longer.");
      return new Reply(
          Json.write(refusal), Optional.of(refusal), Reply.Origin.PRUNED, row.node(), row.at());
    }
    return new Reply(
        Json.write(new Done(true, row.at())),
        Optional.empty(),
        Reply.Origin.PRUNED,
        row.node(),
        row.at());
  }

  @Override
  Wanted wanted() {
    return new Wanted(keys, List.of(), List.of(), List.of(), List.of());
  }

  /** How many there were. */
  @Override
  Integer apply(ShardBooks books, Moment moment) {
    int count = 0;
    for (OperationKey key : keys) {
      Optional<OperationRow> row =
          books
              .operation(key)
              .filter(each -> each.state() != OperationRow.State.PENDING)
              .filter(each -> each.answer().isPresent() && each.at().isBefore(before));
      if (row.isPresent()) {
        books.put(row.get().pruned());
        count++;
      }
    }
    return count;
  }
}
