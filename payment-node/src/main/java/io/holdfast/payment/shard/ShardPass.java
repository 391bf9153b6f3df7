package io.holdfast.payment.shard;

import io.holdfast.payment.ledger.Fence;

/** One request's leave to use a shard that this node owns. Close it when the request is done. */
public interface ShardPass extends AutoCloseable {

  /** What to show to the ledger. */
  Fence fence();

  /** Idempotent. */
  @Override
  void close();
}
