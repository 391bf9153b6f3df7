package io.holdfast.loadbalancer.retry;

/** What is known of a request that failed. */
public enum FailureKind {
  /** It certainly never reached the instance: the connection was refused, for example. */
  NOT_SENT,
  /** It may have reached the instance and taken effect: a time-out, a connection that broke. */
  UNKNOWN,
  /** The instance answered, and says that it did nothing and another may: HTTP's 429. */
  REFUSED
}
