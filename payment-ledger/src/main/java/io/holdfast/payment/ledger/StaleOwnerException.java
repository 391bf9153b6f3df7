package io.holdfast.payment.ledger;

/** No effect: somebody with a greater token has sealed the shard. */
public final class StaleOwnerException extends LedgerException {

  private static final long serialVersionUID = 1;

  private final int shard;

  public StaleOwnerException(int shard, Throwable cause) {
    super("shard " + shard + " has another owner by now", cause);
    this.shard = shard;
  }

  /** Which shard. */
  public int shard() {
    return shard;
  }
}
