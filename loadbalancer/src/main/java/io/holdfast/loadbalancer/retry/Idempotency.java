package io.holdfast.loadbalancer.retry;

/** Whether a request may be sent twice. */
public enum Idempotency {
  /** Sent twice, it has the effect of once: a read, or a payment with an idempotency key. */
  IDEMPOTENT,
  /** Sent twice, it may take effect twice. Also what is not known. */
  NOT_IDEMPOTENT
}
