package io.holdfast.payment.ledger.internal;

/** No effect: the shard is in another database than whoever asks believed. */
final class ShardMovedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  ShardMovedException(int shard) {
    super("shard " + shard + " is in another database by now");
  }
}
