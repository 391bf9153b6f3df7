package io.holdfast.payment.ledger.internal;

import io.holdfast.payment.ledger.Hold;
import java.util.Optional;

/** Reads nothing. */
final class NothingThere implements ShardBooks.Loader {

  @Override
  public Optional<AccountRow> account(int shard, String id) {
    return Optional.empty();
  }

  @Override
  public Optional<Stored<Effects.DocumentRow>> document(int shard, String id) {
    return Optional.empty();
  }

  @Override
  public Optional<Stored<Hold>> hold(int shard, String id) {
    return Optional.empty();
  }
}
