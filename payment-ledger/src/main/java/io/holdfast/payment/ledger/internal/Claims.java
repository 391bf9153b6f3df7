package io.holdfast.payment.ledger.internal;

import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Refusal;
import io.holdfast.payment.ledger.internal.Effects.DocumentRow;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Documents that a plan puts down or removes in whatever shards, whether they are there already
 * being looked at where they live.
 *
 * @param taken to be put down
 * @param freed ids of those to be removed; one that is not there needs no removing
 */
record Claims(List<ClaimRow> taken, List<String> freed) {

  static final Claims NONE = new Claims(List.of(), List.of());

  /** A document, and the refusal if it is there already. */
  record ClaimRow(DocumentRow document, Refusal refusal) {}

  private static int shardOf(String id) {
    return new DocumentId(id).shard();
  }

  Stream<String> ids() {
    return Stream.concat(taken.stream().map(each -> each.document().id()), freed.stream());
  }

  Stream<Integer> shards() {
    return ids().map(Claims::shardOf);
  }

  Claims in(int shard) {
    return new Claims(
        taken.stream().filter(each -> shardOf(each.document().id()) == shard).toList(),
        freed.stream().filter(id -> shardOf(id) == shard).toList());
  }

  /**
   * Looks whether it can be done. Changes nothing.
   *
   * @throws io.holdfast.payment.ledger.RefusedException if something is taken
   * @throws BusyException if that depends on a transaction under way
   */
  void check(ShardBooks books) {
    for (ClaimRow each : taken) {
      if (books.document(each.document().id()).map(Stored::free).isPresent()) {
        throw each.refusal().exception();
      }
    }
    freed.forEach(id -> books.document(id).ifPresent(Stored::free));
  }

  /** Promises it for a branch, after {@link #check}. */
  void lock(ShardBooks books, String branch) {
    for (ClaimRow each : taken) {
      books.putDocument(new Stored<>(each.document(), Optional.of(branch), true));
    }
    for (String id : freed) {
      books
          .document(id)
          .ifPresent(
              stored ->
                  books.putDocument(new Stored<>(stored.value(), Optional.of(branch), false)));
    }
  }

  void carryOut(ShardBooks books) {
    taken.forEach(each -> books.putDocument(Stored.document(each.document())));
    freed.stream().filter(id -> books.document(id).isPresent()).forEach(books::removeDocument);
  }

  /** Takes a promise back. */
  void unlock(ShardBooks books, String branch) {
    ids()
        .forEach(
            id ->
                books
                    .document(id)
                    .filter(stored -> stored.lockedBy().equals(Optional.of(branch)))
                    .ifPresent(
                        stored -> {
                          if (stored.fresh()) {
                            books.removeDocument(id);
                          } else {
                            books.putDocument(Stored.document(stored.value()));
                          }
                        }));
  }
}
