package io.holdfast.payment.ledger.internal;

import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Which database has which shard, as far as this process knows. Where a shard really is, its
 * database says; this is where to ask first.
 */
public final class Placement {

  private final AtomicReferenceArray<String> databaseOf;

  /** Spread evenly. */
  public Placement(List<String> databases, int shards) {
    databaseOf = new AtomicReferenceArray<>(shards);
    for (int shard = 0; shard < shards; shard++) {
      databaseOf.set(shard, databases.get(shard % databases.size()));
    }
  }

  /** The name of a shard's database. */
  public String databaseOf(int shard) {
    return databaseOf.get(shard);
  }

  /** It is there. */
  public void found(int shard, String database) {
    databaseOf.set(shard, database);
  }
}
