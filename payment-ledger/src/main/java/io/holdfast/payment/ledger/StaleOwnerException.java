package io.holdfast.payment.ledger;

import org.jspecify.annotations.Nullable;

/**
 * No effect: this process does not own the shard, or somebody with a greater token has sealed it.
 */
public final class StaleOwnerException extends LedgerException {

  private static final long serialVersionUID = 1;

  private final int shard;

  /** Of this shard. */
  public StaleOwnerException(int shard, @Nullable Throwable cause) {
    super("shard " + shard + " has another owner by now, or none", cause);
    this.shard = shard;
  }

  /** Which shard. */
  public int shard() {
    return shard;
  }
}
