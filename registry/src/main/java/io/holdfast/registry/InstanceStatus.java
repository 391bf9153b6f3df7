package io.holdfast.registry;

/** What an instance says of itself. Only {@link #UP} takes new requests. */
public enum InstanceStatus {
  /** Registered, but not ready for requests yet. */
  STARTING,
  /** Ready for requests. */
  UP,
  /** Finishing what it has; wants nothing new. */
  DRAINING,
  /** Knows itself to be broken. */
  DOWN,
  /** Taken out by an operator. */
  OUT_OF_SERVICE
}
