package io.holdfast.payment.shard;

/** How a node stands to a shard. */
public enum ShardState {
  /** It should not own it, or pauses after it has lost it. */
  IDLE,
  /** It should own it, and waits for its lock. */
  WAITING,
  /** It has the lock, and settles what earlier owners have left before it serves. */
  SEALING,
  /** It owns it, and serves it. */
  SERVING,
  /** It gives it up: the requests inside end, and then it releases the lock. */
  LEAVING
}
